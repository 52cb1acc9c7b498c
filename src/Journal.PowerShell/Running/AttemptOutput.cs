using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>What came out of a script block, as the runner takes it.</summary>
internal static class AttemptOutput
{
    /// <summary>The block ended without an error.</summary>
    /// <param name="task">Files among the output are noted as its outputs.</param>
    /// <param name="output">What the block emitted.</param>
    public static AttemptResult Succeeded(RunningTask task, IReadOnlyList<PSObject?> output)
    {
        foreach (var item in output)
        {
            if (item?.BaseObject is FileInfo file) task.AddOutput(file.FullName);
        }

        if (output.Count == 0 || !task.RecordsResult) return AttemptResult.Succeeded(output);
        var json = ResultCodec.Encode(output);
        return task.RefuseResult(json) is { } refused
            ? Failed(new ErrorRecord(refused, "ResultTooLarge", ErrorCategory.LimitsExceeded, task.Key))
            : AttemptResult.Succeeded(output, json, output.Count);
    }

    /// <summary>The block ended with an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="message">A text to keep instead of the error's own.</param>
    public static AttemptResult Failed(ErrorRecord error, string? message = null) => AttemptResult.Failed(ErrorRecordFacts.Of(error, message), error.ScriptStackTrace, error);

    /// <summary>The attempt ran too long.</summary>
    /// <param name="task">Of this task.</param>
    /// <param name="limit">Than this.</param>
    /// <param name="ended">How many processes that it had started were ended.</param>
    /// <param name="isAbandoned">Whether its block still runs.</param>
    public static AttemptResult TimedOut(RunningTask task, TimeSpan limit, int ended = 0, bool isAbandoned = false)
    {
        var text = $"The attempt ran longer than {limit}.";
        if (ended > 0) text += ended == 1 ? " A process that it had started was ended." : $" {ended} processes that it had started were ended.";
        if (isAbandoned) text += " Its script block could not be stopped and was abandoned; it may still be running.";
        return Failed(new ErrorRecord(new TimeoutException(text), "AttemptTimeout", ErrorCategory.OperationTimeout, task.Key));
    }

    /// <summary>Whatever an invocation of a script block threw, as an error record; null when it is a stop.</summary>
    public static ErrorRecord? ErrorOf(Exception exception) => exception switch
    {
        PipelineStoppedException => null,
        RuntimeException error => error.ErrorRecord ?? new ErrorRecord(error, error.GetType().Name, ErrorCategory.NotSpecified, null),
        // break and continue look for a loop outside of the block and would end the whole pipeline without a word.
        _ when exception.GetType().Name is "BreakException" or "ContinueException" => FlowControl("'break' or 'continue' outside of a loop. Leave the script block with 'return'."),
        // In a runspace there is no session to end; and "exit 1" is not meant as: this was done.
        _ when exception.GetType().Name is "ExitException" => FlowControl("'exit' in a script block that runs beside others. Leave it with 'return', or with 'throw' where it failed."),
        _ => new ErrorRecord(exception, exception.GetType().FullName, ErrorCategory.NotSpecified, null),
    };

    private static ErrorRecord FlowControl(string text) => new(new InvalidOperationException(text), "FlowControl", ErrorCategory.InvalidOperation, null);
}
