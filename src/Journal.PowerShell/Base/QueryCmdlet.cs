using System.Collections;
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

/// <summary>A cmdlet over the tasks that match its filters.</summary>
public abstract class TaskQueryCmdlet : QueryCmdlet
{
    /// <summary>The tasks with these ids.</summary>
    [Parameter]
    [Alias("TaskId")]
    [TaskReference]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public TaskReference[]? Id { get; set; }

    /// <summary>Keys; wildcards are allowed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(KeyCompleter))]
    [SupportsWildcards]
    public string[]? Key { get; set; }

    /// <summary>In one of these statuses.</summary>
    [Parameter]
    public JournalTaskStatus[]? Status { get; set; }

    /// <summary>In one of these stages.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    public string[]? Stage { get; set; }

    /// <summary>With a last error of one of these categories.</summary>
    [Parameter]
    public JournalErrorCategory[]? ErrorCategory { get; set; }

    /// <summary>With a last error of one of these signatures; wildcards are allowed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SignatureCompleter))]
    [SupportsWildcards]
    public string[]? Signature { get; set; }

    /// <summary>Held, or last held, by one of these workers; wildcards are allowed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(WorkerCompleter))]
    [SupportsWildcards]
    public string[]? Worker { get; set; }

    /// <summary>Of one of these source types; wildcards are allowed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SourceTypeCompleter))]
    [SupportsWildcards]
    public string[]? SourceType { get; set; }

    /// <summary>With one of these target ids: what the outside world calls them; wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? TargetId { get; set; }

    /// <summary>Whose metadata has all of these values; texts may have wildcards, and a dot in a name goes a level down.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MetadataCompleter))]
    public IDictionary? Metadata { get; set; }

    /// <summary>Does it with the tasks that match.</summary>
    protected abstract void OnScope(IJournalStore store, TaskQuery scope);

    private protected override TaskReference[]? Tasks => Id;

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, IReadOnlyList<string>? batchIds, IReadOnlyList<long>? taskIds) =>
        OnScope(store, Filters(store, new TaskQuery { BatchIds = batchIds, Ids = taskIds }));

    /// <inheritdoc/>
    /// <remarks>A key without wildcards that is not there is a mistake; one that other filters leave out is not.</remarks>
    protected override void AfterNamedScope(IJournalStore store) => ForEach(Key ?? [], key =>
    {
        var batchIds = NamedBatches(store);
        var pattern = NamePatterns.Of(key, exact => Exists(store, new TaskQuery { BatchIds = batchIds, Keys = [exact] }));
        if (!pattern.IsPattern && store.CountTasks(new TaskQuery { BatchIds = batchIds, Keys = [pattern] }) == 0) throw JournalErrors.TaskKeyNotFound(batchIds is null ? "*" : string.Join(", ", batchIds), key);
    });

    private TaskQuery Filters(IJournalStore store, TaskQuery scope) => scope with
    {
        Keys = NamePatterns.Of(Key, exact => Exists(store, scope with { Keys = [exact] })),
        Statuses = Status,
        Stages = Stage,
        Categories = ErrorCategory,
        Signatures = NamePatterns.Of(Signature, exact => Exists(store, scope with { Signatures = [exact] })),
        Workers = NamePatterns.Of(Worker, exact => Exists(store, scope with { Workers = [exact] })),
        SourceTypes = NamePatterns.Of(SourceType, exact => Exists(store, scope with { SourceTypes = [exact] })),
        TargetIds = NamePatterns.Of(TargetId, exact => Exists(store, scope with { TargetIds = [exact] })),
        Metadata = Metadata is null ? null : [.. TaskInputs.ToMap(Metadata, "-Metadata").Select(member => new KeyValuePair<string, object?>(member.Key, Wanted(store, scope, member.Key, KeptValues.Readable(member.Value))))],
        Since = Since,
        Until = Until,
    };

    // A value that is there exactly so is meant, and not what matches it as a pattern.
    private static object? Wanted(IJournalStore store, TaskQuery scope, string name, object? value) =>
        value is string text && NamePatterns.IsAmbiguous(text) && NamePatterns.Escape(text) is var exact && Exists(store, scope with { Metadata = [new(name, exact)] }) ? exact : value;

    private static bool Exists(IJournalStore store, TaskQuery query) => store.ReadTasks(query with { First = 1 }).Any();
}

/// <summary>A cmdlet over the history of batches and tasks.</summary>
public abstract class HistoryCmdlet : QueryCmdlet
{
    /// <summary>Of these tasks.</summary>
    [Parameter]
    [Alias("Id")]
    [TaskReference]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public TaskReference[]? TaskId { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? First { get; set; }

    private protected override TaskReference[]? Tasks => TaskId;
}

/// <summary>A cmdlet over checkpoints: those of a batch, or the journal's own.</summary>
public abstract class CheckpointCmdlet : OneBatchCmdlet
{
    /// <summary>The id or the name of the batch that was named; null where none was.</summary>
    protected string? NamedBatch => BatchId is [{ } id] ? id : ObjectReference.Of(InputObject).BatchId;

    /// <summary>The same, after a look whether it is there.</summary>
    protected string? BatchIdIn(IJournalStore store) => NamedBatch is { } id ? store.MeantBatch(id).Id : null;

    /// <summary>Emits a checkpoint with its value as an object.</summary>
    protected void WriteCheckpoint(JournalCheckpoint checkpoint)
    {
        var result = PSObject.AsPSObject(checkpoint);
        result.Properties.Add(new PSNoteProperty("Value", KeptValues.Decode(checkpoint.Json)));
        WriteObject(result);
    }
}
