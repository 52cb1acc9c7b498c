using System.Globalization;
using System.Management.Automation;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Commands.Running;

/// <summary>What a run says about the batch as a whole, before it begins and when it has ended.</summary>
internal sealed class RunMessages(IRunStreams streams)
{
    private static readonly string[] Tag = ["Journal"];

    // More keys than this are not compared only to say how many there are.
    private const long MostCompared = 100_000;

    private int _interruptionTold, _stopTold;

    /// <summary>What came of the order to run.</summary>
    /// <param name="name">The batch's name.</param>
    /// <param name="prepared">What came of it.</param>
    /// <param name="refused">Inputs that could not be taken.</param>
    /// <param name="isNew">Whether the line begins a new batch whatever there is.</param>
    public void Prepared(string name, PreparedRun prepared, long refused = 0, bool isNew = false)
    {
        switch (prepared)
        {
            case { Readiness: RunReadiness.NothingToRun }:
                streams.WriteWarning(NothingToRun(name, prepared.Ended, refused));
                return;
            case { Readiness: RunReadiness.Paused, Batch: { } paused }:
                streams.WriteWarning(IsPaused(paused, isNew));
                return;
        }

        if (prepared.NotKept > 0) streams.WriteWarning($"{Amount.Of(prepared.NotKept, "task")} had been completed before -KeepResult was given: what {(prepared.NotKept == 1 ? "it" : "they")} emitted is not kept. -Force does every task again.");
        // It has ended, and this line begins a new batch: no -Redeliver of it reaches the old one.
        if (prepared.InDoubt is { } doubt) streams.WriteWarning($"{Amount.Of(doubt.Items, "result")} of batch '{doubt.BatchId}' may not have arrived: the run that wrote them died. To read them: Get-JournalResult '{doubt.BatchId}' -Unconfirmed");
        if (prepared.LostOutputs > 0) streams.WriteWarning($"{Amount.Of(prepared.LostOutputs, "completed task")} whose outputs are gone or changed {AreOrIs(prepared.LostOutputs)} done again.");
        if (prepared is { IsResumed: true, Batch: { } batch }) streams.WriteVerbose($"Resuming '{batch.Id}': {batch.Counts.Ended} of {batch.Total} done, {batch.Counts.Open} remaining.");
    }

    /// <summary>Why nothing would be run.</summary>
    public static string NotRun(string name, RunPlan plan, long refused) => plan.Readiness is RunReadiness.Paused ? IsPaused(plan.Batch!, plan.Order.Mode is RunMode.New) : NothingToRun(name, plan.Ended, refused);

    /// <summary>Inputs whose keys came before.</summary>
    public static string HadEarlierKeys(long count) => $"{Amount.Of(count, "input")} had the key of an earlier one and {AreOrIs(count)} run once.";

    /// <summary>Why a new batch is begun although there is one of the name.</summary>
    /// <param name="ended">That batch.</param>
    /// <param name="known">How many of the inputs it completed; null where nobody counted.</param>
    /// <param name="inputs">How many inputs there are.</param>
    public static string BeginsAnew(JournalBatch ended, long? known, long inputs)
    {
        return known > 0
            ? $"{known} of {inputs} inputs were completed by '{ended.Id}'{AgeOf(ended)}, and are done again in a new batch: -Incremental skips them, -New does not warn."
            : $"'{ended.Id}' {WasEnded(ended)}: this begins a new batch. -New does not warn{(known is null ? ", -Incremental skips what was completed" : "")}.";
    }

    private static string AgeOf(JournalBatch ended) => ended.EndedAt is { } at ? " " + RelativeTime.Age(TimeProvider.System.GetUtcNow() - at) : "";

    private static string WasEnded(JournalBatch ended)
    {
        var done = ended.Counts.Completed + ended.Counts.Skipped;
        return ended.Status is JournalBatchStatus.Canceled ? $"was canceled{AgeOf(ended)} ({done} of {ended.Total} were completed)" : $"was completed{AgeOf(ended)} ({done} of {ended.Total})";
    }

    private static string NothingToRun(string name, JournalBatch? ended, long refused)
    {
        var inputs = refused == 0 ? "There is no input" : refused == 1 ? "The one input could not be taken" : $"None of the {refused} inputs could be taken";
        return ended is null
            ? $"{inputs}, and there is no batch named '{name}' to go on with: nothing was done."
            : $"{inputs}, and '{ended.Id}' {WasEnded(ended)}: nothing was done.";
    }

    /// <summary>Why nothing is run of a paused batch.</summary>
    private static string IsPaused(JournalBatch paused, bool isNew) => isNew
        ? $"Batch '{paused.Id}' was paused by an operator ({paused.PauseReason}), and -New begins none beside it: nothing is run. To go on with it: Resume-JournalBatch '{paused.Id}'; to give it up: Stop-JournalBatch '{paused.Id}'."
        : IsPaused(paused);

    private static string IsPaused(JournalBatch paused) => paused.PausedUntil is { } until
        ? $"Batch '{paused.Id}' is paused until {RelativeTime.Local(until)} ({paused.PauseReason}): nothing is run. To go on before that: Resume-JournalBatch '{paused.Id}', and run the same line again."
        : $"Batch '{paused.Id}' was paused by an operator ({paused.PauseReason}): nothing is run. To go on: Resume-JournalBatch '{paused.Id}', and run the same line again.";

    /// <summary>Tasks that were taken back from dead workers before the inputs came.</summary>
    public void Recovered(IReadOnlyList<RecoveredTask> recovered)
    {
        if (recovered.Count > 0) streams.WriteWarning(BatchRecovery.Words(recovered));
    }

    /// <summary>Inputs that an incremental run did not take.</summary>
    public void LeftOut(string name, long count)
    {
        if (count > 0) streams.WriteInformation(LogLine($"{name}: {Amount.Of(count, "input")} {WereOrWas(count)} completed by earlier batches and {AreOrIs(count)} left out."), Tag);
    }

    /// <summary>What became of the inputs.</summary>
    public void Added(JournalBatch batch, AddResult result, bool isIncremental)
    {
        if (result.Duplicates > 0) streams.WriteWarning(HadEarlierKeys(result.Duplicates));
        foreach (var change in Changes(result, isIncremental)) streams.WriteWarning(change);
        if (result.TakenUp > 0) streams.WriteWarning($"{Amount.Of(result.TakenUp, "task")} had been canceled and {(result.TakenUp == 1 ? "is" : "are")} taken up again.");
        if (result.Added + result.AlreadyThere > 0) streams.WriteInformation(LogLine($"{batch.Id}: {result.Added} added, {result.AlreadyThere} already there."), Tag);
    }

    /// <summary>A batch without a task.</summary>
    public void IsEmpty(JournalBatch batch) => streams.WriteWarning($"Batch '{batch.Id}' has no tasks: there is nothing to do. To add some: … | Add-JournalTask '{batch.Name}'");

    /// <summary>Before a run that begins anew.</summary>
    public void BeginsAnew(IJournalStore store, JournalBatch batch, JournalBatch ended)
    {
        long? known = null;
        if (ended.Completed <= MostCompared && batch.Total <= MostCompared)
        {
            var completed = store.ReadTasks(new TaskQuery { BatchIds = [ended.Id], Statuses = [JournalTaskStatus.Completed] }).Select(static task => task.Key).ToHashSet(StringComparer.Ordinal);
            known = store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).LongCount(task => completed.Contains(task.Key));
        }

        streams.WriteWarning(BeginsAnew(ended, known, batch.Total));
    }

    /// <summary>Target ids and output files that several tasks have.</summary>
    public void Clashes(JournalBatch batch, IEnumerable<ResultClash> clashes)
    {
        foreach (var clash in clashes) streams.WriteWarning(clash.Words(batch.Id));
    }

    /// <summary>Inputs whose results were there.</summary>
    public void Recorded(JournalBatch batch, long count)
    {
        if (count > 0) streams.WriteInformation(LogLine($"{batch.Id}: {Amount.Of(count, "input")} {WereOrWas(count)} recorded as completed without running: the results were there."), Tag);
    }

    /// <summary>Tasks whose effect had taken place when their worker died.</summary>
    public void Reconciled(JournalBatch batch, long count)
    {
        if (count > 0) streams.WriteInformation(LogLine($"{batch.Id}: {Amount.Of(count, "task")} {WereOrWas(count)} recorded as completed without running: -Reconcile says that {(count == 1 ? "its effect is" : "their effects are")} there."), Tag);
    }

    /// <summary>How the run ended; for one that was interrupted, see <see cref="HowToResume"/>.</summary>
    public void End(JournalBatch batch, RunResult result)
    {
        var counts = result.State.Counts;
        switch (result.End)
        {
            case RunEnd.Done:
                streams.WriteInformation(LogLine($"{batch.Id}: {counts.Completed} completed, {counts.Failed} failed, {counts.Skipped} skipped of {counts.Total}."), Tag);
                if (result.Reason is { } held) streams.WriteWarning($"{held} To let them go: Get-JournalTask '{batch.Id}' -Status Pending | Set-JournalTask -Hold:$false");
                break;
            case RunEnd.Canceled or RunEnd.HeldElsewhere:
                streams.WriteWarning(result.Reason!);
                break;
            case RunEnd.Interrupted:
                break;
            default:
                var how = result.State.PausedUntil is { } until ? $"The same line goes on after {RelativeTime.Local(until)}."
                    : result.Reason?.StartsWith(JournalBatch.QuotaReason, StringComparison.Ordinal) == true ? "To go on, run the same line with a higher -QuotaLimit."
                    : result.IsHeld ? $"To go on: Resume-JournalBatch '{batch.Id}', and run the same line again."
                    : "Run the same line again to go on.";
                streams.WriteWarning($"{Done(counts)}; batch '{batch.Id}' is paused: {result.Reason?.TrimEnd('.')}. {how}");
                break;
        }
    }

    /// <summary>The run stays, and waits for a quota.</summary>
    public void WaitsForQuota(JournalBatch batch) => streams.WriteWarning(
        $"{Done(batch.Counts)}; batch '{batch.Id}' is paused: {batch.PauseReason?.TrimEnd('.')}. The run waits until {RelativeTime.Local(batch.PausedUntil!.Value)}, and then goes on by itself.");

    /// <summary>How far a batch is.</summary>
    public static string Done(TaskCounts counts) => $"{counts.Ended}/{counts.Total} done" + (counts.Failed > 0 ? $", {counts.Failed} of them failed" : "");

    /// <summary>For a run that is being stopped and lets what is under way end, once. On any thread.</summary>
    /// <param name="underWay">How many attempts.</param>
    /// <param name="limit">How long they may take.</param>
    public void LetsEnd(int underWay, TimeSpan limit)
    {
        if (underWay == 0 || Interlocked.Exchange(ref _stopTold, 1) != 0) return;
        streams.TellHost($"Stopping: {Amount.Of(underWay, "task")} under way may go on for {DurationText.Of(limit)}; no others begin. The next Ctrl+C or SIGTERM ends {(underWay == 1 ? "it" : "them")} at once.");
    }

    /// <summary>For a run that was interrupted, once: how far it came, and how to go on. On any thread.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batchId">The batch.</param>
    /// <param name="givenBack">Tasks that were under way.</param>
    /// <param name="waiting">Recorded results that wait for the next run.</param>
    /// <param name="onPipeline">Whether this is the thread of the run.</param>
    public void HowToResume(IJournalStore store, string batchId, long givenBack, long waiting, bool onPipeline)
    {
        if (Interlocked.Exchange(ref _interruptionTold, 1) != 0 || store.FindBatch(batchId) is not { } batch || (batch.Status is not JournalBatchStatus.Paused && waiting == 0)) return;
        var wait = waiting == 0 ? "" : $"; {Amount.Of(waiting, "recorded result")} {(waiting == 1 ? "waits and comes" : "wait and come")} out first";
        var given = givenBack switch { 0 => "no task had to be", 1 => "1 task was", _ => $"{givenBack} tasks were" };
        var text = $"Interrupted: {Done(batch.Counts)}; {given} given back, nothing is lost{wait}. To go on, run the same line again.";
        try
        {
            if (onPipeline)
            {
                streams.WriteWarning(text);
                return;
            }
        }
        catch (PipelineStoppedException)
        {
            // A pipeline that is being stopped takes nothing any more, not even for a redirection; the host still does.
        }

        streams.TellHost(text);
    }

    /// <summary>What became of inputs that are not what they were.</summary>
    public static IEnumerable<string> Changes(AddResult result, bool isIncremental = false)
    {
        if (result.Mended > 0) yield return $"{Amount.Of(result.Mended, "input")} changed since the batch began; {(result.Mended == 1 ? "its task takes" : "their tasks take")} the new value.";
        if (result.Differing > 0) yield return $"{Amount.Of(result.Differing, "input")} changed since {(result.Differing == 1 ? "its task was" : "their tasks were")} done or begun; {(result.Differing == 1 ? "that task stays" : "those tasks stay")} as {(result.Differing == 1 ? "it is" : "they are")}. {(isIncremental ? $"The next run of this line does {(result.Differing == 1 ? "it" : "them")} again." : "-Force does every task again.")}";
    }

    /// <summary>Results that a dead run may or may not have written.</summary>
    public void InDoubt(string batchId, long count)
    {
        if (count > 0) streams.WriteWarning($"{Amount.Of(count, "result")} of batch '{batchId}' may not have arrived: the run that wrote them died. To write them again first, and have done with them, add -Redeliver to the line; to read them: Get-JournalResult '{batchId}' -Unconfirmed");
    }

    /// <summary>A line of the information stream, which a scheduled task redirects to its log: with the local time.</summary>
    internal static string LogLine(string text) => $"{TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} {text}";

    private static string AreOrIs(long count) => count == 1 ? "is" : "are";

    private static string WereOrWas(long count) => count == 1 ? "was" : "were";

}
