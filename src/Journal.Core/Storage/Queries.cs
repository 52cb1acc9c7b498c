namespace Journal.Storage;

/// <summary>Which batches. Null members do not filter.</summary>
public sealed record BatchQuery
{
    /// <summary>The newest batch of a name, in any case.</summary>
    public static BatchQuery NewestOf(string name) => new() { Names = [TextPattern.Name(name)], First = 1 };

    /// <summary>These ids.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Names that match one of these; made by <see cref="TextPattern.Name"/> or <see cref="TextPattern.Names"/>.</summary>
    public IReadOnlyList<TextPattern>? Names { get; init; }

    /// <summary>In one of these statuses.</summary>
    public IReadOnlyList<JournalBatchStatus>? Statuses { get; init; }

    /// <summary>Ended before this time (so: ended at all).</summary>
    public DateTimeOffset? EndedBefore { get; init; }

    /// <summary>Created or changed at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Oldest first instead of newest first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>At most so many.</summary>
    public long? First { get; init; }

    /// <summary>Leave out so many first.</summary>
    public long Skip { get; init; }
}

/// <summary>By what tasks are ordered; ties go by id.</summary>
public enum TaskOrder
{
    /// <summary>By id: the order in which they were added. The only order that streams without sorting.</summary>
    Id,

    /// <summary>By key.</summary>
    Key,

    /// <summary>By status.</summary>
    Status,

    /// <summary>By running time; those without one last.</summary>
    Duration,

    /// <summary>By attempts.</summary>
    Attempts,

    /// <summary>By priority.</summary>
    Priority,

    /// <summary>By weight.</summary>
    Weight,

    /// <summary>By the time they were added.</summary>
    CreatedAt,

    /// <summary>By the time of the last change.</summary>
    UpdatedAt,

    /// <summary>By the time of the first claim; those never claimed last.</summary>
    StartedAt,

    /// <summary>By the time they ended; those that have not last.</summary>
    EndedAt,

    /// <summary>By quota used.</summary>
    Quota,
}

/// <summary>Which tasks, in which order. Null members do not filter.</summary>
public sealed record TaskQuery
{
    /// <summary>Every task.</summary>
    public static TaskQuery All { get; } = new();

    /// <summary>Of these batches; an unknown id matches nothing.</summary>
    public IReadOnlyList<string>? BatchIds { get; init; }

    /// <summary>These ids.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>Keys that match one of these patterns.</summary>
    public IReadOnlyList<TextPattern>? Keys { get; init; }

    /// <summary>In one of these statuses.</summary>
    public IReadOnlyList<JournalTaskStatus>? Statuses { get; init; }

    /// <summary>In one of these stages, by name in any case.</summary>
    public IReadOnlyList<string>? Stages { get; init; }

    /// <summary>With a last error of one of these categories.</summary>
    public IReadOnlyList<JournalErrorCategory>? Categories { get; init; }

    /// <summary>With a last error of one of these signatures.</summary>
    public IReadOnlyList<TextPattern>? Signatures { get; init; }

    /// <summary>Held, or last held, by a worker whose name matches.</summary>
    public IReadOnlyList<TextPattern>? Workers { get; init; }

    /// <summary>Whose source type matches.</summary>
    public IReadOnlyList<TextPattern>? SourceTypes { get; init; }

    /// <summary>Whose target id matches.</summary>
    public IReadOnlyList<TextPattern>? TargetIds { get; init; }

    /// <summary>Whose metadata has all of these; a text value may be a pattern, other values are compared; a dot in a name goes a level down.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>>? Metadata { get; init; }

    /// <summary>Changed at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Changed before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>With an id greater than this: how a reader goes on where it was.</summary>
    public long AfterId { get; init; }

    /// <summary>By what to order.</summary>
    public TaskOrder OrderBy { get; init; }

    /// <summary>Largest first.</summary>
    public bool Descending { get; init; }

    /// <summary>At most so many.</summary>
    public long? First { get; init; }

    /// <summary>Leave out so many first.</summary>
    public long Skip { get; init; }
}

/// <summary>Which attempts. Null members do not filter.</summary>
public sealed record AttemptQuery
{
    /// <summary>Of these batches.</summary>
    public IReadOnlyList<string>? BatchIds { get; init; }

    /// <summary>Of these tasks.</summary>
    public IReadOnlyList<long>? TaskIds { get; init; }

    /// <summary>With one of these outcomes.</summary>
    public IReadOnlyList<JournalAttemptOutcome>? Outcomes { get; init; }

    /// <summary>With an error of one of these categories.</summary>
    public IReadOnlyList<JournalErrorCategory>? Categories { get; init; }

    /// <summary>In one of these stages.</summary>
    public IReadOnlyList<string>? Stages { get; init; }

    /// <summary>Ended at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Ended before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>At most so many.</summary>
    public long? First { get; init; }

    /// <summary>Leave out so many first.</summary>
    public long Skip { get; init; }
}

/// <summary>Which events. Null members do not filter.</summary>
public sealed record EventQuery
{
    /// <summary>Of these batches.</summary>
    public IReadOnlyList<string>? BatchIds { get; init; }

    /// <summary>Of these tasks.</summary>
    public IReadOnlyList<long>? TaskIds { get; init; }

    /// <summary>Of these kinds.</summary>
    public IReadOnlyList<JournalEventKind>? Kinds { get; init; }

    /// <summary>With an id greater than this: how a follower goes on where it was.</summary>
    public long AfterId { get; init; }

    /// <summary>At or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only the last so many, still oldest first.</summary>
    public long? Last { get; init; }

    /// <summary>At most so many.</summary>
    public long? First { get; init; }
}

/// <summary>By what tasks are grouped.</summary>
public enum TaskGroupKey
{
    /// <summary>Batch id.</summary>
    BatchId,

    /// <summary>Status.</summary>
    Status,

    /// <summary>Category of the last error.</summary>
    ErrorCategory,

    /// <summary>Signature of the last error.</summary>
    Signature,

    /// <summary>Worker.</summary>
    Worker,

    /// <summary>Stage.</summary>
    Stage,

    /// <summary>Source type.</summary>
    SourceType,

    /// <summary>Quota project.</summary>
    QuotaProject,

    /// <summary>Target id.</summary>
    TargetId,

    /// <summary>A member of the metadata.</summary>
    Metadata,

    /// <summary>A property of an input that is an object.</summary>
    Input,

    /// <summary>The second of the last change.</summary>
    Second,

    /// <summary>The minute of the last change.</summary>
    Minute,

    /// <summary>The hour of the last change, by the query's zone.</summary>
    Hour,

    /// <summary>The day of the last change, by the query's zone.</summary>
    Day,
}

/// <summary>One column to group by.</summary>
/// <param name="Key">Which.</param>
/// <param name="Path">With Metadata and Input: the member's name; a dot goes a level down.</param>
public readonly record struct TaskGrouping(TaskGroupKey Key, string? Path = null)
{
    /// <summary>Whether a key is that of a member, whose name is the path.</summary>
    public static bool IsMember(TaskGroupKey key) => key is TaskGroupKey.Metadata or TaskGroupKey.Input;
}

/// <summary>Which tasks, grouped by what.</summary>
/// <param name="Scope">Which tasks; its order and paging do not matter.</param>
/// <param name="By">One or several columns.</param>
public sealed record GroupQuery(TaskQuery Scope, IReadOnlyList<TaskGrouping> By)
{
    /// <summary>Whose hours and days to group by.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>A group of tasks. Durations are those of the group's completed tasks.</summary>
/// <param name="Values">The values of the grouped columns, in their order; null where a task has none. Status and category come as their enums, a time as the DateTimeOffset at which it begins, by the query's zone.</param>
/// <param name="Count">Tasks in it.</param>
/// <param name="Succeeded">Completed or skipped ones.</param>
/// <param name="Failed">Failed ones.</param>
/// <param name="MeanDuration">Mean.</param>
/// <param name="MedianDuration">Median (the lower of two middle ones).</param>
/// <param name="P95Duration">The 95th percentile, by nearest rank.</param>
/// <param name="FirstAt">The earliest last change.</param>
/// <param name="LastAt">The latest last change.</param>
/// <param name="Example">The key of one of them, the earliest added.</param>
public sealed record TaskGroup(
    IReadOnlyList<object?> Values, long Count, long Succeeded, long Failed,
    TimeSpan? MeanDuration, TimeSpan? MedianDuration, TimeSpan? P95Duration,
    DateTimeOffset? FirstAt, DateTimeOffset? LastAt, string? Example);
