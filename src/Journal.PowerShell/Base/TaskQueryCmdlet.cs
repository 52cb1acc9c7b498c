using System.Collections;
using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands.Base;

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
