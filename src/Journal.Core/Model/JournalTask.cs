namespace Journal;

/// <summary>One input of a batch. A snapshot: it does not follow the journal.</summary>
public sealed record JournalTask
{
    /// <summary>Unique in the journal.</summary>
    public long Id { get; init; }

    /// <summary>The batch it belongs to.</summary>
    public required string BatchId { get; init; }

    /// <summary>What it is called; unique in its batch, compared exactly.</summary>
    public required string Key { get; init; }

    /// <summary>Where it stands.</summary>
    public JournalTaskStatus Status { get; init; }

    /// <summary>The stage it is in or waits for; null where its batch has no stages.</summary>
    public string? Stage { get; init; }

    /// <summary>Higher is claimed first.</summary>
    public int Priority { get; init; }

    /// <summary>How much work it is, in a unit of the user's (bytes, minutes); 1 where nothing was said.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Attempts that count against <see cref="MaxRetries"/> in this stage since the last requeue.</summary>
    public int Attempts { get; init; }

    /// <summary>How often its worker died with it.</summary>
    public int Crashes { get; init; }

    /// <summary>Retries allowed in this stage: it is tried 1 + MaxRetries times.</summary>
    public int MaxRetries { get; init; }

    /// <summary>The category of its last error.</summary>
    public JournalErrorCategory ErrorCategory { get; init; }

    /// <summary>Its last error, or why it was skipped; null when there was none.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The normalised text of its last error, by which failures are grouped.</summary>
    public string? Signature { get; init; }

    /// <summary>What the input is; its batch's where it has none of its own.</summary>
    public string? SourceType { get; init; }

    /// <summary>The input: the value that the script gets. Read from <see cref="StoredInput"/> when it is asked for.</summary>
    public object? Input => StoredInput.ToValue();

    /// <summary>The input as it is stored; its text is JSON.</summary>
    public TaskInput StoredInput { get; init; }

    /// <summary>What the work made of it, in the target system's terms; null when nothing was said.</summary>
    public string? TargetId { get; init; }

    /// <summary>Files the work made, as full paths.</summary>
    public JsonList Outputs { get; init; } = JsonList.Empty;

    /// <summary>Quota units used by it.</summary>
    public double QuotaConsumed { get; init; }

    /// <summary>The project that the quota was charged to.</summary>
    public string? QuotaProject { get; init; }

    /// <summary>The user's own data about it.</summary>
    public JsonMap Metadata { get; init; } = JsonMap.Empty;

    /// <summary>The worker that holds it, or held it last.</summary>
    public string? Worker { get; init; }

    /// <summary>The lease's token; it is also the number of the running or last attempt. 0 before the first claim.</summary>
    public long Token { get; init; }

    /// <summary>When the lease runs out; null unless InProgress.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Not to be claimed earlier; null when it may be.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Whether an operator holds it: it is not claimed until it is let go.</summary>
    public bool IsHeld { get; init; }

    /// <summary>How often its block has postponed it since it was added or last requeued; that costs no attempt.</summary>
    public int Postponed { get; init; }

    /// <summary>The key by which its start is limited; null where its batch limits none by key.</summary>
    public string? LimitKey { get; init; }

    /// <summary>What its start costs of the rate limit.</summary>
    public double Cost { get; init; } = 1;

    /// <summary>Whether it waits for others of its <see cref="LimitKey"/> that are before it.</summary>
    public bool WaitsForKey { get; init; }

    /// <summary>
    /// Why a task that waits is not ready, as far as it lies in the task: <c>Held</c> by an operator, <c>Key</c> (others of its limit key are before it),
    /// <c>Time</c> (until <see cref="NotBefore"/>). Null where it is ready, or does not wait.
    /// </summary>
    public string? WaitsFor => Status is not JournalTaskStatus.Pending ? null : IsHeld ? "Held" : WaitsForKey ? "Key" : NotBefore is not null ? "Time" : null;

    /// <summary>How far the running attempt says it is, 0 to 100; null when it says nothing.</summary>
    public double? Progress { get; init; }

    /// <summary>What the running attempt says it does.</summary>
    public string? ProgressText { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything about it last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was first claimed.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Time its attempts have run since it was added or last requeued; waiting does not count. Null before the first ended attempt.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The journal it lives in.</summary>
    public string JournalPath { get; init; } = "";

    /// <summary>The key.</summary>
    public override string ToString() => Key;
}
