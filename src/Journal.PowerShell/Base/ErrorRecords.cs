using System.Management.Automation;

namespace Journal.Commands.Base;

/// <summary>The journal's errors as PowerShell's.</summary>
internal static class ErrorRecords
{
    private static readonly HashSet<string> OfTheWholeCall =
    [
        nameof(JournalErrors.RestartRequired),
        nameof(JournalErrors.JournalNotFound),
        nameof(JournalErrors.JournalAccessDenied),
        nameof(JournalErrors.NotAJournal),
        nameof(JournalErrors.JournalCorrupt),
        nameof(JournalErrors.JournalTooNew),
        nameof(JournalErrors.JournalBusy),
        nameof(JournalErrors.JournalUnreachable),
        nameof(JournalErrors.JournalNotReady),
        nameof(JournalErrors.UnsupportedEncoding),
        nameof(JournalErrors.JournalWriteFailed),
        nameof(JournalErrors.JournalReplaced),
        nameof(JournalErrors.CareUnderWay),
        nameof(JournalErrors.UnsupportedJournal),
        nameof(JournalErrors.InputFileNotFound),
        nameof(JournalErrors.InputFileUnreadable),
        nameof(JournalErrors.InputFileEmpty),
    ];

    /// <summary>The error with the same id, the category of the same name and the offending value as its target.</summary>
    public static ErrorRecord ToErrorRecord(this JournalException error) =>
        new(error, error.ErrorId, Enum.Parse<ErrorCategory>(error.Fault.ToString()), error.Target);

    /// <summary>Whether the error is not of one item: the journal or the file of inputs cannot be used, and the next item would meet the same.</summary>
    public static bool EndsTheCall(this JournalException error) => OfTheWholeCall.Contains(error.ErrorId);
}
