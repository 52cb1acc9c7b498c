using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Groups tasks and measures each group: how many, how they ended, how long they took. The journal does the counting.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "JournalTask")]
[OutputType(TaskGroupView.TypeName)]
public sealed class MeasureJournalTaskCommand : TaskQueryCmdlet
{
    /// <summary>By what to group, one or several: Status, ErrorCategory, Signature, Worker, Stage, SourceType, QuotaProject, BatchId, Hour, Day, Metadata.name.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(GroupingCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] GroupBy { get; set; } = [nameof(TaskGroupKey.Status)];

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, TaskQuery scope)
    {
        var by = GroupBy.Select(TaskGroupings.Parse).ToList();
        WriteAll(store.GroupTasks(new GroupQuery(scope, by)).Select(group => TaskGroupView.Row(by, group, store.Location)));
    }
}
