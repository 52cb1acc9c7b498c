using System.Management.Automation;
using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Pauses batches: no task is handed out, and no run goes on with them, until they are resumed, or until a time.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "JournalBatch", SupportsShouldProcess = true)]
[OutputType(typeof(JournalBatch))]
public sealed class SuspendJournalBatchCommand : BatchTargetCmdlet
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Why, for the views and the audit trail.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "Suspended by an operator";

    /// <summary>When the pause ends by itself.</summary>
    [Parameter]
    public DateTimeOffset? Until { get; set; }

    /// <inheritdoc/>
    protected override JournalBatch Meant(IJournalStore store, string idOrName) => store.BatchToPause(idOrName);

    /// <summary>Return only when no task is in progress any more: what runs is waited for.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        // A block of the batch that waits until nothing is in progress waits for itself.
        if (Wait && SessionState.PSVariable.GetValue("JournalTask") is RunningTask task && task.BatchId == batch.Id) throw JournalErrors.WaitsForItself(batch.Id, task.Key);
        if (!ShouldProcess($"batch '{batch.Id}'", "Suspend")) return;
        var paused = store.Apply(batch.Id, Until is null ? BatchMove.Hold(Reason) : BatchMove.Pause(Reason, Until), SessionWorker.Get());
        WriteObject(Wait ? BatchRecovery.AwaitIdle(store, batch.Id, Processes, PollInterval, StopToken) : paused);
    }
}
