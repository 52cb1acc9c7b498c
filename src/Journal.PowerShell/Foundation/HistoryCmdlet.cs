using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>A cmdlet over the history of batches and tasks.</summary>
public abstract class HistoryCmdlet : JournalCmdlet
{
    private readonly HashSet<(string Journal, ObjectReference Target)> _seen = [];

    /// <summary>Batches or tasks, for their history.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Of these batches: ids, or objects that tell their batch.</summary>
    [Parameter(Position = 0)]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public string[]? BatchId { get; set; }

    /// <summary>Of these tasks.</summary>
    [Parameter]
    [Alias("Id")]
    [TaskReference]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public TaskReference[]? TaskId { get; set; }

    /// <summary>At or after this time.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Before this time.</summary>
    [Parameter]
    public DateTimeOffset? Until { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>Does it with the history of these batches and tasks; null for all.</summary>
    protected abstract void OnScope(IJournalStore store, IReadOnlyList<string>? batchIds, IReadOnlyList<long>? taskIds);

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = Reader;
        if (InputObject is null)
        {
            ForEach(BatchId ?? [], id => store.RequireBatch(id));
            ForEach(TaskId ?? [], task => store.RequireTask(task.Id));
            OnScope(store, BatchId, TaskId?.Select(static task => task.Id).ToList());
            return;
        }

        var target = ObjectReference.Of(InputObject) with { Token = null };
        if (InputObject.BaseObject is string) target = target with { TaskId = null };
        if (target == default) throw JournalErrors.InvalidValue("-InputObject", InputObject, "it tells neither a batch nor a task.");
        if (!_seen.Add((Location, target))) return;
        if (target.TaskId is { } taskId) OnScope(store, null, [store.RequireTask(taskId).Id]);
        else OnScope(store, [store.RequireBatch(target.BatchId!).Id], null);
    }
}
