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

        return AttemptResult.Succeeded(output, task.Stage is null ? null : ToResult(output));
    }

    /// <summary>The block ended with an error.</summary>
    public static AttemptResult Failed(ErrorRecord error) => AttemptResult.Failed(ErrorRecordFacts.Of(error), error.ScriptStackTrace, error);

    /// <summary>The attempt ran too long.</summary>
    public static AttemptResult TimedOut(RunningTask task, TimeSpan limit) =>
        Failed(new ErrorRecord(new TimeoutException($"The attempt ran longer than {limit}."), "AttemptTimeout", ErrorCategory.OperationTimeout, task.Key));

    /// <summary>Whatever an invocation of a script block threw, as an error record; null when it is a stop.</summary>
    public static ErrorRecord? ErrorOf(Exception exception) => ErrorRecordFacts.RecordOf(exception);

    private static string? ToResult(IReadOnlyList<PSObject?> output)
    {
        if (output.Count == 0) return null;
        return RunningTask.LimitResult(KeptValues.Encode(output.Count == 1 ? output[0] : output.ToArray(), "A result"));
    }
}
