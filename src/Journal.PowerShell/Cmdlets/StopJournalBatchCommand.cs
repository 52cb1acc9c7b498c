using System.Management.Automation;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Stops batches for good: what is left of them is canceled.</summary>
[Cmdlet(VerbsLifecycle.Stop, "JournalBatch", SupportsShouldProcess = true)]
[OutputType(typeof(JournalBatch))]
public sealed class StopJournalBatchCommand : BatchTargetCmdlet
{
    /// <summary>Why, for the audit trail.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "Stopped by an operator";

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        if (ShouldProcess($"batch '{batch.Id}'", $"Cancel {Amount.Of(batch.Counts.Open, "open task")}")) WriteObject(store.Apply(batch.Id, BatchMove.Cancel(Reason), SessionWorker.Get()));
    }
}
