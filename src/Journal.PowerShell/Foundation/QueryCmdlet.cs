using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>A cmdlet over tasks or their history: all of the journal's, those of batches and tasks that are named, or of those that are piped in, each once.</summary>
public abstract class QueryCmdlet : JournalCmdlet
{
    private readonly HashSet<(string Journal, ObjectReference Target)> _seen = [];

    /// <summary>Batches or tasks, or what tells one of them.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Of these batches: ids, or objects that tell their batch.</summary>
    [Parameter(Position = 0)]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public string[]? BatchId { get; set; }

    /// <summary>At or after this time.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Before this time.</summary>
    [Parameter]
    public DateTimeOffset? Until { get; set; }

    /// <summary>The tasks that are named.</summary>
    private protected abstract TaskReference[]? Tasks { get; }

    /// <summary>Does it with these batches and tasks; null for all.</summary>
    protected abstract void OnScope(IJournalStore store, IReadOnlyList<string>? batchIds, IReadOnlyList<long>? taskIds);

    /// <summary>Does what is to be done once, after the scope that was named and not piped in.</summary>
    protected virtual void AfterNamedScope(IJournalStore store)
    {
    }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = Reader;
        var named = Tasks?.Select(static task => task.Id).ToList();
        if (InputObject is null)
        {
            ForEach(BatchId ?? [], id => store.RequireBatch(id));
            ForEach(Tasks ?? [], task => store.RequireTask(task.Id));
            OnScope(store, BatchId, named);
            AfterNamedScope(store);
            return;
        }

        var target = ObjectReference.Of(InputObject) with { Token = null };
        if (InputObject.BaseObject is string) target = target with { TaskId = null };
        if (target == default) throw JournalErrors.InvalidValue("-InputObject", InputObject, "it tells neither a batch nor a task.");
        if (!_seen.Add((Location, target))) return;
        if (target.TaskId is { } taskId) OnScope(store, BatchId, [store.RequireTask(taskId).Id]);
        else OnScope(store, [store.RequireBatch(target.BatchId!).Id], named);
    }
}
