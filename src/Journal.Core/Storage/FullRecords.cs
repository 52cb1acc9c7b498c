namespace Journal.Storage;

/// <summary>A batch with everything that belongs to it, as it goes from one journal, or from another system, to the next.</summary>
/// <param name="Batch">The batch itself. Its counters and its quota follow from its tasks and are not read.</param>
/// <param name="Tasks">Its tasks, or some of them, in their order; each key once. They may be read as they are asked for, so that a batch need not fit into memory.</param>
public sealed record FullBatch(JournalBatch Batch, IEnumerable<FullTask> Tasks)
{
    /// <summary>Events about the batch as a whole.</summary>
    public IReadOnlyList<JournalEvent> Events { get; init; } = [];

    /// <summary>Its checkpoints.</summary>
    public IReadOnlyList<JournalCheckpoint> Checkpoints { get; init; } = [];

    /// <summary>Where it comes from, for the audit trail: a full path, or another journal.</summary>
    public string Source { get; init; } = "";
}

/// <summary>A task with its history.</summary>
/// <param name="Task">The task. Its id, token and lease are the former journal's and are not read.</param>
public sealed record FullTask(JournalTask Task)
{
    /// <summary>Its ended attempts, in their order.</summary>
    public IReadOnlyList<JournalAttempt> Attempts { get; init; } = [];

    /// <summary>Events about it, in their order; the ids are the former journal's and only tell the order.</summary>
    public IReadOnlyList<JournalEvent> Events { get; init; } = [];

    /// <summary>What its attempts emitted.</summary>
    public IReadOnlyList<FullResult> Results { get; init; } = [];
}

/// <summary>What an attempt emitted, as it goes from one journal to the next; see <see cref="StoredResult"/>.</summary>
/// <param name="Stage">The stage; null where the batch has none.</param>
/// <param name="Json">The objects.</param>
/// <param name="Items">How many; 0 where nobody counted.</param>
/// <param name="Written">How many of them have been written.</param>
/// <param name="At">When it was recorded; null for now.</param>
/// <param name="Awaits">Whether it is in the outbox.</param>
/// <param name="Writer">What the worker is called that writes it.</param>
public sealed record FullResult(string? Stage, string Json, int Items = 0, int Written = 0, DateTimeOffset? At = null, bool Awaits = false, string? Writer = null);

/// <summary>What came in with one batch.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Created">Whether the journal did not have it before.</param>
/// <param name="Added">Tasks that are new in it.</param>
/// <param name="AlreadyThere">Tasks whose keys it had before: they were left as they are.</param>
/// <param name="Attempts">Attempts that came with the new tasks.</param>
/// <param name="Events">Events that came with the new tasks and the batch.</param>
public readonly record struct ImportResult(string BatchId, bool Created, long Added, long AlreadyThere, long Attempts, long Events);
