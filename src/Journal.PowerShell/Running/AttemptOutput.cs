using System.Management.Automation;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>What came out of a script block, as the runner takes it.</summary>
internal static class AttemptOutput
{
    /// <summary>The block ended without an error.</summary>
    /// <param name="task">The task, or the first one of a chunk. Files among the output are noted as outputs of the one that has it.</param>
    /// <param name="output">What the block emitted.</param>
    public static AttemptResult Succeeded(RunningTask task, IReadOnlyList<PSObject?> output)
    {
        var carrier = task.Carrier;
        foreach (var item in output)
        {
            if (item?.BaseObject is FileInfo file) carrier.AddOutput(file.FullName);
        }

        if (output.Count > 0 && carrier.Emitted is { } own) output = [.. own.Select(PSObject.AsPSObject), .. output];

        if (output.Count == 0) return AttemptResult.Succeeded();
        if (!task.RecordsResult) return AttemptResult.Succeeded(output);
        var json = ResultCodec.Encode(output);
        return task.RefuseResult(json) is { } refused
            ? Failed(new ErrorRecord(refused, "ResultTooLarge", ErrorCategory.LimitsExceeded, task.Key)) with { IsOfWholeChunk = true }
            : AttemptResult.Succeeded(output, json, output.Count);
    }

    /// <summary>The block ended with an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="said">Its text with what a program said, to keep instead of the error's own. By its first two lines, the exit code and what it said first of these, such failures are grouped.</param>
    public static AttemptResult Failed(ErrorRecord error, string? said = null) => AttemptResult.Failed(
        ErrorRecordFacts.Of(error, said) with { Kind = said is null ? null : string.Join('\n', said.Split('\n').Take(2)) }, error.ScriptStackTrace, error);

    /// <summary>The attempt ran too long.</summary>
    /// <param name="task">Of this task.</param>
    /// <param name="limit">Than this.</param>
    /// <param name="ended">How many processes that it had started were ended.</param>
    /// <param name="said">What its programs had said.</param>
    /// <param name="isAbandoned">Whether its block still runs.</param>
    public static AttemptResult TimedOut(RunningTask task, TimeSpan limit, int ended, ErrorOutputTail said, bool isAbandoned = false)
    {
        var text = $"The attempt ran longer than {limit}.";
        if (ended > 0) text += ended == 1 ? " A process that it had started was ended." : $" {ended} processes that it had started were ended.";
        if (isAbandoned) text += " Its script block could not be stopped and was abandoned; it may still be running.";
        var error = new ErrorRecord(new TimeoutException(said.Text is { } last ? $"{text} The last lines of its error output:\n{last}" : text), "AttemptTimeout", ErrorCategory.OperationTimeout, task.Key);
        return AttemptResult.Failed(ErrorRecordFacts.Of(error) with { Kind = text }, error.ScriptStackTrace, error);
    }
}
