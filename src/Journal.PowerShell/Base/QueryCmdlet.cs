using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands.Base;

/// <summary>A cmdlet over tasks or their history: all of the journal's, those of batches and tasks that are named, or of those that are piped in, each once.</summary>
public abstract class QueryCmdlet : JournalCmdlet
{
    private readonly HashSet<(string Journal, ObjectReference Target)> _seen = [];
    private string? _namedIn;
    private string[]? _named;

    /// <summary>Batches or tasks, or what tells one of them.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Of these batches: ids, names (the newest batch of that name), or objects that tell their batch.</summary>
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

    /// <summary>The ids of the batches that are named; null where none is. A text that tells none is told once and stays, so that it matches nothing.</summary>
    protected IReadOnlyList<string>? NamedBatches(IJournalStore store)
    {
        if (BatchId is null) return null;
        if (_named is not null && _namedIn == store.Location) return _named;
        _namedIn = store.Location;
        _named = [.. BatchId];
        ForEach(Enumerable.Range(0, _named.Length), i => _named[i] = store.MeantBatch(_named[i]).Id);
        return _named;
    }

    /// <summary>Does it with these batches and tasks; null for all.</summary>
    protected abstract void OnScope(IJournalStore store, IReadOnlyList<string>? batchIds, IReadOnlyList<long>? taskIds);

    /// <summary>Does what is to be done once, after the scope that was named and not piped in.</summary>
    protected virtual void AfterNamedScope(IJournalStore store)
    {
    }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = ReaderOrEmpty;
        var batchIds = NamedBatches(store);
        var named = Tasks?.Select(static task => task.Id).ToList();
        if (InputObject is null)
        {
            ForEach(Tasks ?? [], task => store.RequireTask(task.Id));
            OnScope(store, batchIds, named);
            AfterNamedScope(store);
            return;
        }

        var target = ObjectReference.Of(InputObject) with { Token = null };
        if (InputObject.BaseObject is string) target = target with { TaskId = null };
        if (target == default) throw JournalErrors.InvalidValue("-InputObject", InputObject, "it tells neither a batch nor a task.");
        if (!_seen.Add((Location, target))) return;
        if (target.TaskId is { } taskId) OnScope(store, batchIds, [store.RequireTask(taskId).Id]);
        else OnScope(store, [store.MeantBatch(target.BatchId!).Id], named);
    }
}
