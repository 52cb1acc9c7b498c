using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Commands.Views;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>
/// Groups tasks and measures each group: how many, how they ended, how long they took. The journal does the counting. What is piped in is measured
/// together, as one set.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "JournalTask")]
[OutputType(TaskGroupView.TypeName)]
public sealed class MeasureJournalTaskCommand : TaskQueryCmdlet
{
    /// <summary>By what to group, one or several: Status, ErrorCategory, Signature, Worker, Stage, SourceType, QuotaProject, TargetId, BatchId, Second, Minute, Hour, Day (of your clock), Metadata.name.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(GroupingCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] GroupBy { get; set; } = [nameof(TaskGroupKey.Status)];

    // What was piped in, by journal.
    private readonly Dictionary<string, Piped> _piped = [];

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, TaskQuery scope)
    {
        if (InputObject is null)
        {
            Measure(store, scope);
            return;
        }

        if (!_piped.TryGetValue(store.Location, out var piped)) _piped.Add(store.Location, piped = new Piped(store, scope));
        // A task, or a batch of which the filters leave some.
        if (scope.Ids is [var id] && InputObject.BaseObject is not JournalBatch) piped.Ids.Add(id);
        else piped.BatchIds.UnionWith(scope.BatchIds ?? []);
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        foreach (var piped in _piped.Values)
        {
            var scope = piped.Filters;
            if (piped.Ids.Count == 0)
            {
                Measure(piped.Store, scope with { BatchIds = [.. piped.BatchIds] });
                continue;
            }

            // Tasks and batches side by side: each task once.
            if (piped.BatchIds.Count > 0) piped.Ids.UnionWith(piped.Store.ReadTasks(scope with { BatchIds = [.. piped.BatchIds], Ids = null }).Select(static task => task.Id));
            Measure(piped.Store, scope with { BatchIds = NamedBatches(piped.Store), Ids = [.. piped.Ids] });
        }
    }

    private void Measure(IJournalStore store, TaskQuery scope)
    {
        var by = GroupBy.Select(TaskGroupings.Parse).ToList();
        var columns = TaskGroupings.ColumnsOf(by);
        WriteAll(store.GroupWithMessages(new GroupQuery(scope, by) { Zone = TimeZoneInfo.Local }).Select(found => TaskGroupView.Row(columns, found.Group, found.Message, store.Location)));
    }

    private sealed record Piped(IJournalStore Store, TaskQuery Filters)
    {
        public HashSet<long> Ids { get; } = [];

        public HashSet<string> BatchIds { get; } = new(StringComparer.Ordinal);
    }
}
