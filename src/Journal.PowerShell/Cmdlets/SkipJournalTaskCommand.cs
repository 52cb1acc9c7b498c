using System.Management.Automation;
using Journal.Lifecycle;
using Journal.Policy;

namespace Journal.Commands;

/// <summary>Records that tasks need no work: claimed ones, waiting ones, or failed ones that are to be waved through.</summary>
[Cmdlet(VerbsCommon.Skip, "JournalTask", SupportsShouldProcess = true)]
[OutputType(typeof(JournalTask))]
public sealed class SkipJournalTaskCommand : TaskTargetCmdlet
{
    /// <summary>Why.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "Skipped by hand";

    /// <inheritdoc/>
    protected override void OnTask(JournalTask task, long? token)
    {
        if (ShouldProcess(Describe(task), "Skip")) Apply(new WorkerMove(TaskMove.Skip(task.Id, token, Reason)), task.BatchId);
    }
}
