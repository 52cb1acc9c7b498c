using System.Management.Automation;

namespace Journal.Commands;

/// <summary>The journal's errors as PowerShell's.</summary>
internal static class ErrorRecords
{
    private static readonly HashSet<string> OfTheWholeJournal =
    [
        nameof(JournalErrors.JournalNotFound),
        nameof(JournalErrors.JournalAccessDenied),
        nameof(JournalErrors.NotAJournal),
        nameof(JournalErrors.JournalCorrupt),
        nameof(JournalErrors.JournalTooNew),
        nameof(JournalErrors.JournalBusy),
        nameof(JournalErrors.JournalWriteFailed),
        nameof(JournalErrors.UnsupportedJournal),
    ];

    /// <summary>The error with the same id, the category of the same name and the offending value as its target.</summary>
    public static ErrorRecord ToErrorRecord(this JournalException error) =>
        new(error, error.ErrorId, Enum.Parse<ErrorCategory>(error.Fault.ToString()), error.Target);

    /// <summary>Whether the journal itself cannot be used, so that the next item would meet the same error.</summary>
    public static bool IsAboutTheJournal(this JournalException error) => OfTheWholeJournal.Contains(error.ErrorId);
}
