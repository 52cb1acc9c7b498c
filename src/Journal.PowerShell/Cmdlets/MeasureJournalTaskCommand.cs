using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Commands.Views;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Groups tasks and measures each group: how many, how they ended, how long they took. The journal does the counting.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "JournalTask")]
[OutputType(TaskGroupView.TypeName)]
public sealed class MeasureJournalTaskCommand : TaskQueryCmdlet
{
    /// <summary>By what to group, one or several: Status, ErrorCategory, Signature, Worker, Stage, SourceType, QuotaProject, BatchId, Second, Minute, Hour, Day (of your clock), Metadata.name.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(GroupingCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] GroupBy { get; set; } = [nameof(TaskGroupKey.Status)];

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, TaskQuery scope)
    {
        var by = GroupBy.Select(TaskGroupings.Parse).ToList();
        WriteAll(store.GroupTasks(new GroupQuery(scope, by) { Zone = TimeZoneInfo.Local }).Select(group => TaskGroupView.Row(by, group, store.Location)));
    }
}
