namespace Journal;

// Enumerations that a user meets as a property are of 64 bits: ConvertTo-Json writes these as words, and all others as numbers.

/// <summary>Where a task stands. The numbers are stored; never renumber them.</summary>
public enum JournalTaskStatus : long
{
    /// <summary>Waits for a worker (perhaps until <see cref="JournalTask.NotBefore"/>).</summary>
    Pending = 0,

    /// <summary>A worker holds a lease on it.</summary>
    InProgress = 1,

    /// <summary>Done; recorded exactly once.</summary>
    Completed = 2,

    /// <summary>Given up: its error is not retried, or its retries are used up.</summary>
    Failed = 3,

    /// <summary>Needs no work (a duplicate, say); counts as ended well.</summary>
    Skipped = 4,

    /// <summary>Withdrawn by an operator.</summary>
    Canceled = 5,
}

/// <summary>Where a batch stands. The numbers are stored; never renumber them.</summary>
public enum JournalBatchStatus : long
{
    /// <summary>Nothing has started.</summary>
    Ready = 0,

    /// <summary>Work has started and is not over.</summary>
    Running = 1,

    /// <summary>No task is handed out until it is resumed, or until <see cref="JournalBatch.PausedUntil"/>.</summary>
    Paused = 2,

    /// <summary>Every task is Completed or Skipped.</summary>
    Completed = 3,

    /// <summary>Every task has ended, and some Failed.</summary>
    Failed = 4,

    /// <summary>Every task has ended, none Failed, and some were Canceled.</summary>
    Canceled = 5,
}

/// <summary>What the statuses have in common.</summary>
public static class Statuses
{
    /// <summary>Whether a task has ended: nobody works on it, and nobody will unless it is put back.</summary>
    public static bool HasEnded(this JournalTaskStatus status) => status is not (JournalTaskStatus.Pending or JournalTaskStatus.InProgress);

    /// <summary>Whether a batch has ended: all of its tasks have.</summary>
    public static bool HasEnded(this JournalBatchStatus status) => status is not (JournalBatchStatus.Ready or JournalBatchStatus.Running or JournalBatchStatus.Paused);
}

/// <summary>Why an attempt failed, as far as the retry policy cares. The numbers are stored; never renumber them.</summary>
public enum JournalErrorCategory : long
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>A budget is used up; more tries before it is renewed are useless.</summary>
    QuotaExceeded = 1,

    /// <summary>Too many requests; slower tries will succeed.</summary>
    RateLimited = 2,

    /// <summary>What the task names does not exist.</summary>
    NotFound = 3,

    /// <summary>The account may not do this.</summary>
    PermissionDenied = 4,

    /// <summary>The network or a server failed on the way.</summary>
    NetworkError = 5,

    /// <summary>The input itself is wrong.</summary>
    InvalidInput = 6,

    /// <summary>It took longer than allowed.</summary>
    Timeout = 7,

    /// <summary>Its worker died with it too often.</summary>
    Abandoned = 8,

    /// <summary>None of the others.</summary>
    Unknown = 9,
}

/// <summary>How an attempt ended. The numbers are stored; never renumber them.</summary>
public enum JournalAttemptOutcome : long
{
    /// <summary>The work of the stage was done.</summary>
    Completed = 0,

    /// <summary>It failed; whether the task is tried again shows in the task.</summary>
    Failed = 1,

    /// <summary>The work said that there is nothing to do.</summary>
    Skipped = 2,

    /// <summary>A stop interrupted it; it does not count against the task.</summary>
    Interrupted = 3,

    /// <summary>Its worker died or lost its lease.</summary>
    Abandoned = 4,

    /// <summary>An operator withdrew the task meanwhile.</summary>
    Canceled = 5,

    /// <summary>It failed for a reason that lies outside the task (a quota, a breaker); it does not count.</summary>
    Refunded = 6,
}
