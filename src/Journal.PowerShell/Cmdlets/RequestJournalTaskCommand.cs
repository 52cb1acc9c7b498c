using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Claims tasks for a worker written by hand. Tasks of dead workers are taken back first.</summary>
[Cmdlet(VerbsLifecycle.Request, "JournalTask", SupportsShouldProcess = true)]
[OutputType(typeof(JournalTask))]
public sealed class RequestJournalTaskCommand : BatchTargetCmdlet
{
    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int Count { get; set; } = 1;

    /// <summary>Only tasks that wait for this stage.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Stage { get; set; }

    /// <summary>What this worker is called; by default after its machine and process.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Worker { get; set; }

    /// <summary>How long the claim lasts unless Update-JournalTask renews it; by default as long as the batch says. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? LeaseTimeout { get; set; }

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        var stage = StageNaming.Require(batch, Stage);
        if (!ShouldProcess($"batch '{batch.Id}'", $"Claim up to {Count} task(s)")) return;
        var worker = SessionWorker.Get(Worker);
        foreach (var task in BatchRecovery.Recover(store, batch.Id, Processes, worker))
        {
            WriteVerbose($"Task {task.TaskId} '{task.Key}': {task.Reason}.");
        }

        var claim = new ExchangeRequest(worker, batch.Id, LeaseTimeout ?? batch.Options.LeaseTimeout) { Claim = Count, Stage = stage };
        var result = store.Exchange(claim);
        if (result.Claimed.Count == 0) WriteVerbose(WhyNone(result.Batch));
        WriteAll(result.Claimed);
    }

    private static string WhyNone(BatchState state) => state.Status is JournalBatchStatus.Paused
        ? $"Nothing to claim: the batch is paused ({state.PauseReason})."
        : state.NextDue is { } due ? $"Nothing to claim before {due.ToLocalTime():T}." : $"Nothing to claim: the batch is {state.Status}.";
}
