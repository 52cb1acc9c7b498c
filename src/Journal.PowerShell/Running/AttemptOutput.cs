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
    public static AttemptResult Failed(ErrorRecord error) => AttemptResult.Failed(ErrorRecordFacts.Of(error), error.ScriptStackTrace, error);

    /// <summary>The attempt ran too long.</summary>
    public static AttemptResult TimedOut(RunningTask task, TimeSpan limit) =>
        Failed(new ErrorRecord(new TimeoutException($"The attempt ran longer than {limit}."), "AttemptTimeout", ErrorCategory.OperationTimeout, task.Key));

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
