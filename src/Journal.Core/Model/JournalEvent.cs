namespace Journal;

/// <summary>What an event tells. The numbers are stored; never renumber them.</summary>
public enum JournalEventKind : long
{
    /// <summary>A batch was created.</summary>
    BatchCreated = 1,

    /// <summary>Tasks were added to a batch; the reason says how many.</summary>
    TasksAdded = 2,

    /// <summary>The first task of a batch was claimed.</summary>
    BatchStarted = 3,

    /// <summary>A batch was paused.</summary>
    BatchPaused = 4,

    /// <summary>A pause ended, or an ended batch was opened again.</summary>
    BatchResumed = 5,

    /// <summary>A batch reached Completed, Failed or Canceled.</summary>
    BatchEnded = 6,

    /// <summary>Something about a task or batch was set that is not a move (priority, metadata).</summary>
    Amended = 7,

    /// <summary>An event of the user's own, see <see cref="JournalEvent.Name"/>.</summary>
    Noted = 8,

    /// <summary>Pending to InProgress.</summary>
    Claimed = 20,

    /// <summary>InProgress to Completed.</summary>
    Completed = 21,

    /// <summary>A stage is done and the next one waits.</summary>
    Advanced = 22,

    /// <summary>InProgress to Failed.</summary>
    Failed = 23,

    /// <summary>Back to Pending for another try.</summary>
    Retried = 24,

    /// <summary>Back to Pending after a stop; the attempt does not count.</summary>
    Released = 25,

    /// <summary>Back to Pending after its worker died.</summary>
    Recovered = 26,

    /// <summary>Failed after its worker died too often.</summary>
    Abandoned = 27,

    /// <summary>To Skipped.</summary>
    Skipped = 28,

    /// <summary>To Canceled.</summary>
    Canceled = 29,

    /// <summary>An ended task is to be done again.</summary>
    Requeued = 30,

    /// <summary>Back to Pending with the attempt given back, for a cause outside the task.</summary>
    Refunded = 31,

    /// <summary>Back to Pending until a later time, by its own block; the attempt does not count.</summary>
    Postponed = 32,
}

/// <summary>One line of the audit trail.</summary>
public sealed class JournalEvent
{
    /// <summary>Grows with time; unique in the journal.</summary>
    public long Id { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Which batch.</summary>
    public required string BatchId { get; init; }

    /// <summary>Which task; null when the event is about the whole batch.</summary>
    public long? TaskId { get; init; }

    /// <summary>What happened.</summary>
    public JournalEventKind Kind { get; init; }

    /// <summary>The status before (of the task, or of the batch where there is no task); null for something new.</summary>
    public string? From { get; init; }

    /// <summary>The status after.</summary>
    public string? To { get; init; }

    /// <summary>The stage of the task.</summary>
    public string? Stage { get; init; }

    /// <summary>Who did it.</summary>
    public string? Worker { get; init; }

    /// <summary>Why; of an event of the user's own, its message.</summary>
    public string? Reason { get; init; }

    /// <summary>What the user calls an event of their own; null for all others.</summary>
    public string? Name { get; init; }

    /// <summary>What the user recorded with an event of their own. Read from <see cref="StoredData"/> when it is asked for.</summary>
    public object? Data => StoredData is { } json ? KeptValues.Decode(json) : null;

    /// <summary>The same as JSON.</summary>
    public string? StoredData { get; init; }

    /// <summary>The journal it lives in.</summary>
    public string JournalPath { get; init; } = "";
}
