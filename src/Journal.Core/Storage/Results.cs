using Journal.Workers;

namespace Journal.Storage;

/// <summary>What an attempt emitted, as the journal keeps it.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="Stage">The stage; null where the batch has none.</param>
/// <param name="Json">The objects; see <paramref name="Items"/>.</param>
/// <param name="Items">How many: the JSON of one is its own, that of several is a list. 0 in what an older version kept: a list is several.</param>
/// <param name="Written">How many of them have been written to a pipeline; the rest is still to come.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Awaits">Whether it is in the outbox.</param>
/// <param name="Writer">The worker that writes it; null where nobody does.</param>
public sealed record StoredResult(long TaskId, string BatchId, string? Stage, string Json, int Items, int Written, DateTimeOffset At, bool Awaits, WorkerIdentity? Writer);

/// <summary>Which results. Null members do not filter.</summary>
public sealed record ResultQuery
{
    /// <summary>Of these batches.</summary>
    public IReadOnlyList<string>? BatchIds { get; init; }

    /// <summary>Of these tasks.</summary>
    public IReadOnlyList<long>? TaskIds { get; init; }

    /// <summary>Of these stages, by name in any case; null for the last one of each batch, which is what goes to the pipeline.</summary>
    public IReadOnlyList<string>? Stages { get; init; }

    /// <summary>Of all stages.</summary>
    public bool AllStages { get; init; }

    /// <summary>Recorded at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Recorded before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those of the outbox that one of these workers writes.</summary>
    public IReadOnlyList<WorkerIdentity>? Writers { get; init; }
}

/// <summary>Results of the outbox that have one writer.</summary>
/// <param name="BatchId">Their batch.</param>
/// <param name="Writer">Who writes them; null where nobody does: the next run will.</param>
/// <param name="Items">How many objects are still to be written.</param>
/// <param name="Newest">When the latest of them was recorded.</param>
public sealed record OutboxShare(string BatchId, WorkerIdentity? Writer, long Items, DateTimeOffset Newest);

/// <summary>What becomes of results that were written.</summary>
public enum WrittenResults
{
    /// <summary>They leave the journal.</summary>
    Leave,

    /// <summary>They leave the outbox and stay with the batch.</summary>
    Stay,

    /// <summary>They stay in the outbox: whether they arrived is not known.</summary>
    AreInDoubt,
}
