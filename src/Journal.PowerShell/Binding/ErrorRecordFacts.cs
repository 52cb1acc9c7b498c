using System.Globalization;
using System.Management.Automation;
using Journal.Policy.Classifying;

namespace Journal.Commands.Binding;

/// <summary>An ErrorRecord as the classifier reads errors.</summary>
internal static class ErrorRecordFacts
{
    /// <summary>What the record knows.</summary>
    /// <param name="record">The error.</param>
    /// <param name="message">A text to keep instead of the error's own.</param>
    public static ErrorFacts Of(ErrorRecord record, string? message = null) => new(
        message ?? Answer(record) ?? record.ErrorDetails?.Message ?? record.Exception.Message,
        record.Exception,
        record.CategoryInfo.Category.ToString(),
        record.FullyQualifiedErrorId);

    // PowerShell keeps what the server said, and the status of its answer only in the exception.
    private static string? Answer(ErrorRecord record) =>
        record is { Exception: HttpRequestException { StatusCode: { } status }, ErrorDetails.Message: { Length: > 0 } said } ? string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status}: {said}") : null;

    /// <summary>Whatever an invocation of a script block threw, as an error record; null when it is a stop.</summary>
    public static ErrorRecord? RecordOf(Exception exception) => exception switch
    {
        PipelineStoppedException => null,
        // What .NET code threw that a block called is inside the exception, and not in the record that stands for it.
        RuntimeException { ErrorRecord: { Exception: ParentContainsErrorRecordException } record } error => new ErrorRecord(record, error),
        RuntimeException error => error.ErrorRecord ?? new ErrorRecord(error, error.GetType().Name, ErrorCategory.NotSpecified, null),
        // break and continue look for a loop outside of the block and would end the whole pipeline without a word.
        _ when exception.GetType().Name is "BreakException" or "ContinueException" => FlowControl("'break' or 'continue' outside of a loop. Leave the script block with 'return'."),
        // In a runspace there is no session to end; and "exit 1" is not meant as: this was done.
        _ when exception.GetType().Name is "ExitException" => FlowControl("'exit' in a script block that runs beside others. Leave it with 'return', or with 'throw' where it failed."),
        _ => new ErrorRecord(exception, exception.GetType().FullName, ErrorCategory.NotSpecified, null),
    };

    private static ErrorRecord FlowControl(string text) => new(new InvalidOperationException(text), "FlowControl", ErrorCategory.InvalidOperation, null);
}
