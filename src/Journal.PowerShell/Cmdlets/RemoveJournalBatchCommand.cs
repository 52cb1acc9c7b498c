using System.Management.Automation;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Removes batches from the journal, with their tasks, history and temporary files. Emits what it removed.</summary>
[Cmdlet(VerbsCommon.Remove, "JournalBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(JournalBatch))]
public sealed class RemoveJournalBatchCommand : BatchTargetCmdlet
{
    /// <summary>Even if a living worker has tasks of it in progress.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        if (!Force && LivingWork.Count(store, batch.Id, Processes) is > 0 and var inProgress) throw JournalErrors.BatchInUse(batch.Id, inProgress);
        if (!ShouldProcess($"batch '{batch.Id}' ({batch.Status}, {Amount.Of(batch.Total, "task")})", "Remove")) return;
        BatchRemoval.Remove(this, store, batch);
        WriteObject(batch);
    }
}
