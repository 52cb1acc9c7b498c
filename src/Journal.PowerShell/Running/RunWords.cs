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

        if (prepared.LostOutputs > 0) cmdlet.WriteWarning($"The outputs of {prepared.LostOutputs} completed task(s) are gone or changed; they are done again.");
        if (prepared is { IsResumed: true, Batch: { } batch }) cmdlet.WriteVerbose($"Resuming '{batch.Id}': {batch.Counts.Ended} of {batch.Total} done, {batch.Counts.Open} remaining.");
    }

    /// <summary>Inputs that an incremental run did not take.</summary>
    public void LeftOut(string name, long count) => cmdlet.WriteInformation($"{name}: {count} input(s) were completed by earlier batches and are left out.", Tag);

    /// <summary>What became of the inputs.</summary>
    public void Added(JournalBatch batch, AddResult result)
    {
        if (result.Duplicates > 0) cmdlet.WriteWarning($"{result.Duplicates} input(s) had the key of an earlier one and are run once.");
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

    /// <summary>For a run that was interrupted: the pipeline is being stopped and takes nothing any more; the host still does.</summary>
    public void HowToResume(IJournalStore store, string batchId)
    {
        if (store.FindBatch(batchId) is not { Status: JournalBatchStatus.Paused } batch) return;
        cmdlet.Host?.UI?.WriteWarningLine($"Interrupted: {batch.Counts.Ended}/{batch.Total} done, nothing is lost. To go on, run the same line again.");
    }
}
