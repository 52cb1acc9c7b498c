using System.Management.Automation;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands.Running;

/// <summary>What a run says about the batch as a whole, before it begins and when it has ended.</summary>
internal sealed class RunWords(PSCmdlet cmdlet)
{
    private static readonly string[] Tag = ["Journal"];

    /// <summary>What came of the order to run.</summary>
    public void Prepared(string name, PreparedRun prepared)
    {
        switch (prepared)
        {
            case { Readiness: RunReadiness.NothingToRun }:
                cmdlet.WriteWarning($"There is no input, and no batch named '{name}' to resume: nothing was done.");
                return;
            case { Readiness: RunReadiness.Paused, Batch: { } paused }:
                cmdlet.WriteWarning($"Batch '{paused.Id}' is paused until {paused.PausedUntil!.Value.ToLocalTime():g} ({paused.PauseReason}): nothing was run. To go on before that: Resume-JournalBatch '{paused.Id}'.");
                return;
        }

        if (prepared.NotKept > 0) cmdlet.WriteWarning($"{Count(prepared.NotKept, "task")} had been completed before -KeepResult was given: what {(prepared.NotKept == 1 ? "it" : "they")} emitted is not kept. -Force does every task again.");
        if (prepared.InDoubt is { } doubt) InDoubt(doubt.BatchId, doubt.Items);
        if (prepared.LostOutputs > 0) cmdlet.WriteWarning($"The outputs of {prepared.LostOutputs} completed task(s) are gone or changed; they are done again.");
        if (prepared is { IsResumed: true, Batch: { } batch }) cmdlet.WriteVerbose($"Resuming '{batch.Id}': {batch.Counts.Ended} of {batch.Total} done, {batch.Counts.Open} remaining.");
    }

    /// <summary>Tasks that were taken back from dead workers before the inputs came.</summary>
    public void Recovered(IReadOnlyList<RecoveredTask> recovered)
    {
        if (recovered.Count > 0) cmdlet.WriteWarning(BatchRecovery.Words(recovered));
    }

    /// <summary>Inputs that an incremental run did not take.</summary>
    public void LeftOut(string name, long count) => cmdlet.WriteInformation($"{name}: {count} input(s) were completed by earlier batches and are left out.", Tag);

    /// <summary>What became of the inputs.</summary>
    public void Added(JournalBatch batch, AddResult result)
    {
        if (result.Duplicates > 0) cmdlet.WriteWarning($"{result.Duplicates} input(s) had the key of an earlier one and are run once.");
        foreach (var change in Changes(result)) cmdlet.WriteWarning(change);
        if (result.Added + result.AlreadyThere > 0) cmdlet.WriteInformation($"{batch.Id}: {result.Added} added, {result.AlreadyThere} already there.", Tag);
    }

    /// <summary>How the run ended; for one that was interrupted, see <see cref="HowToResume"/>.</summary>
    public void End(JournalBatch batch, RunResult result)
    {
        var counts = result.State.Counts;
        switch (result.End)
        {
            case RunEnd.Done:
                cmdlet.WriteInformation($"{batch.Id}: {counts.Completed} completed, {counts.Failed} failed, {counts.Skipped} skipped of {counts.Total}.", Tag);
                break;
            case RunEnd.Canceled or RunEnd.HeldElsewhere:
                cmdlet.WriteWarning(result.Reason!);
                break;
            case RunEnd.Interrupted:
                break;
            default:
                var how = result.State.PausedUntil is { } until ? $"The same line goes on after {until.ToLocalTime():g}." : "Run the same line again to go on.";
                cmdlet.WriteWarning($"{counts.Ended}/{counts.Total} done; batch '{batch.Id}' is paused: {result.Reason?.TrimEnd('.')}. {how}");
                break;
        }
    }

    /// <summary>What became of inputs that are not what they were.</summary>
    public static IEnumerable<string> Changes(AddResult result)
    {
        if (result.Mended > 0) yield return $"{Count(result.Mended, "input")} changed since the batch began; {(result.Mended == 1 ? "its task takes" : "their tasks take")} the new value.";
        if (result.Differing > 0) yield return $"{Count(result.Differing, "input")} changed since {(result.Differing == 1 ? "its task was" : "their tasks were")} done or begun; {(result.Differing == 1 ? "that task stays" : "those tasks stay")} as {(result.Differing == 1 ? "it is" : "they are")}. -Force does every task again.";
    }

    /// <summary>Results that a dead run may or may not have written.</summary>
    public void InDoubt(string batchId, long count)
    {
        if (count > 0) cmdlet.WriteWarning($"{Count(count, "result")} of batch '{batchId}' may not have arrived: the run that wrote them died. To write them again first, add -Redeliver to the line; to read them: Get-JournalResult '{batchId}' -Unconfirmed");
    }

    /// <summary>For a run that was interrupted: where the pipeline is being stopped it takes nothing any more; the host still does.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batchId">The batch.</param>
    /// <param name="waiting">Recorded results that wait for the next run.</param>
    public void HowToResume(IJournalStore store, string batchId, long waiting)
    {
        if (store.FindBatch(batchId) is not { } batch || (batch.Status is not JournalBatchStatus.Paused && waiting == 0)) return;
        var wait = waiting == 0 ? "" : $"; {Count(waiting, "recorded result")} {(waiting == 1 ? "waits and comes" : "wait and come")} out first";
        Warn($"Interrupted: {batch.Counts.Ended}/{batch.Total} done, nothing is lost{wait}. To go on, run the same line again.");
    }

    // The stream is what the user redirects and silences; only where the pipeline takes nothing any more the host is told, unless warnings are silenced.
    private void Warn(string text)
    {
        try
        {
            cmdlet.WriteWarning(text);
        }
        catch (PipelineStoppedException)
        {
            if (WantsWarnings()) cmdlet.Host?.UI?.WriteWarningLine(text);
        }
    }

    private bool WantsWarnings()
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("WarningAction", out var given) ? given : cmdlet.SessionState.PSVariable.GetValue("WarningPreference");
        return !LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action) || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }

    private static string Count(long count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
