using System.Globalization;

namespace Journal;

/// <summary>A batch measured. A snapshot, made by <c>BatchSummary.Build</c>; flat enough for <c>Export-Csv</c>.</summary>
public sealed class JournalBatchSummary
{
    /// <summary>The batch.</summary>
    public required string BatchId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public JournalBatchStatus Status { get; init; }

    /// <summary>Where it stands, in words: <c>Running (no worker)</c> where nobody works on it.</summary>
    public string StatusText { get; init; } = "";

    /// <summary>Whether an operator paused it until it is resumed.</summary>
    public bool IsHeld { get; init; }

    /// <summary>All tasks.</summary>
    public long Total { get; init; }

    /// <summary>Tasks that wait.</summary>
    public long Pending { get; init; }

    /// <summary>Tasks that a worker holds.</summary>
    public long InProgress { get; init; }

    /// <summary>Tasks that are done.</summary>
    public long Completed { get; init; }

    /// <summary>Tasks that were given up.</summary>
    public long Failed { get; init; }

    /// <summary>Tasks that needed no work.</summary>
    public long Skipped { get; init; }

    /// <summary>Tasks that were withdrawn.</summary>
    public long Canceled { get; init; }

    /// <summary>How many of its tasks have ended, of how many: <c>45/100</c>.</summary>
    public string Progress => string.Create(CultureInfo.InvariantCulture, $"{Total - Remaining}/{Total}");

    /// <summary>Tasks that have not ended: Pending and InProgress.</summary>
    public long Remaining { get; init; }

    /// <summary>How much has ended, 0 to 100, rounded down to a tenth.</summary>
    public double Percent { get; init; }

    /// <summary>Completed tasks in 100 that were completed or failed, rounded to a tenth (100 means all, 0 none); null before the first.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Attempts that failed and after which their task was, or is to be, tried again.</summary>
    public long Retries { get; init; }

    /// <summary>Attempts that failed, whatever became of their task.</summary>
    public long FailedAttempts { get; init; }

    /// <summary>Mean running time of a completed task; waiting does not count. Null before the first.</summary>
    public TimeSpan? MeanDuration { get; init; }

    /// <summary>Median running time of a completed task, of two middle ones the lower.</summary>
    public TimeSpan? MedianDuration { get; init; }

    /// <summary>The running time that 95 % of the completed tasks did not exceed, by nearest rank.</summary>
    public TimeSpan? P95Duration { get; init; }

    /// <summary>The longest running time of a completed task.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Time that attempts have run, all workers together, failures included.</summary>
    public TimeSpan ActiveTime { get; init; }

    /// <summary>
    /// How much longer it runs once it runs, as likely too long as too short; zero when nothing is left, null when it is not known.
    /// </summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>The same, not exceeded nine times out of ten.</summary>
    public TimeSpan? EtaP90 { get; init; }

    /// <summary>When it is likely over: for a running batch, and for a paused one whose pause has an end; null for others, and when it is not known.</summary>
    public DateTimeOffset? FinishAt { get; init; }

    /// <summary>Quota units used so far.</summary>
    public double QuotaConsumed { get; init; }

    /// <summary>Quota units it may still use, not below 0; null when it has no limit.</summary>
    public double? QuotaLeft { get; init; }

    /// <summary>Quota units that each project may still use in the present period; empty where the quota is not by project.</summary>
    public JsonMap QuotaLeftByProject { get; init; } = JsonMap.Empty;

    /// <summary>Quota units used, by project; <c>(none)</c> is that of tasks that named none.</summary>
    public JsonMap QuotaByProject { get; init; } = JsonMap.Empty;

    /// <summary>Files that completed tasks recorded.</summary>
    public long Outputs { get; init; }

    /// <summary>How many of those files are gone; null where nobody looked.</summary>
    public long? OutputsMissing { get; init; }

    /// <summary>The size of those that are there; null where nobody looked.</summary>
    public long? OutputBytes { get; init; }

    /// <summary>How many of those files more than one task recorded; null where nobody looked.</summary>
    public long? OutputsShared { get; init; }

    /// <summary>Inputs that the run which emits this summary left out, because earlier batches of the name had completed them; 0 elsewhere.</summary>
    public long LeftOut { get; init; }

    /// <summary>How many tasks ended when, in at most 24 stretches of equal length without gaps; empty before the first.</summary>
    public JournalList<JournalThroughput> Throughput { get; init; } = new([]);

    /// <summary>Failed tasks by the name of their error's category, most frequent first.</summary>
    public JsonMap ErrorsByCategory { get; init; } = JsonMap.Empty;

    /// <summary>Failed tasks by category and signature, most frequent first.</summary>
    public JournalList<JournalErrorSummary> ErrorsBySignature { get; init; } = new([]);

    /// <summary>By stage, in their order; empty where the batch has none.</summary>
    public JournalList<JournalStageSummary> Stages { get; init; } = new([]);

    /// <summary>Why it is paused; null when it is not.</summary>
    public string? PauseReason { get; init; }

    /// <summary>When the pause ends by itself; null when it does not.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>For a script to end with: 0 where all is done, or nothing was to be done; 1 where tasks failed; 2 where it was stopped before its end, or others go on with it; 3 where it is paused, by an operator, a quota, or because too much failed.</summary>
    public int ExitCode => Status switch
    {
        JournalBatchStatus.Paused when PauseReason != JournalBatch.InterruptedReason => 3,
        JournalBatchStatus.Canceled => 2,
        _ when Remaining > 0 => 2,
        _ => Failed > 0 ? 1 : 0,
    };

    /// <summary>When it was created; null in the summary of a run that found nothing to do and made no batch.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When its first task was claimed.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was last resumed.</summary>
    public DateTimeOffset? LastResumedAt { get; init; }

    /// <summary>When it reached Completed, Failed or Canceled.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The journal it lives in.</summary>
    public string JournalPath { get; init; } = "";

    /// <summary>The batch's id.</summary>
    public override string ToString() => BatchId;
}

/// <summary>Failed tasks of a batch that share an error.</summary>
/// <param name="Category">Its category.</param>
/// <param name="Signature">Its signature; null where none was recorded.</param>
/// <param name="Count">How many tasks.</param>
/// <param name="Example">The message of one of them.</param>
/// <param name="ExampleKey">The key of that one.</param>
public sealed record JournalErrorSummary(JournalErrorCategory Category, string? Signature, long Count, string? Example, string? ExampleKey) : IJsonRecord
{
    /// <inheritdoc/>
    public JsonMap ToJson() => JsonMap.From(new KeyValuePair<string, object?>[]
    {
        new(nameof(Category), Category.ToString()),
        new(nameof(Signature), Signature),
        new(nameof(Count), Count),
        new(nameof(Example), Example),
        new(nameof(ExampleKey), ExampleKey),
    });

    /// <summary>For example <c>12 × NotFound: Cannot find path 'C:\photos\a.jpg'</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} × {Category}: {Example ?? Signature}");
}

/// <summary>Where the tasks of a batch stand with one of its stages.</summary>
/// <param name="Stage">Its name; empty in the figures of a batch that has no stages.</param>
/// <param name="Waiting">Tasks that wait for it.</param>
/// <param name="InProgress">Tasks in it.</param>
/// <param name="Done">Tasks that are past it.</param>
/// <param name="Failed">Tasks that failed in it.</param>
/// <param name="Retries">Attempts at it that failed and after which the task was, or is to be, tried again.</param>
/// <param name="FailedAttempts">Attempts at it that failed, whatever became of the task.</param>
/// <param name="MeanDuration">Of its completed attempts; null before the first.</param>
/// <param name="MedianDuration">Of its completed attempts (of two middle ones the lower); null before the first.</param>
/// <param name="P95Duration">Of its completed attempts (nearest rank); null before the first.</param>
public sealed record JournalStageSummary(
    string Stage, long Waiting, long InProgress, long Done, long Failed, long Retries, long FailedAttempts,
    TimeSpan? MeanDuration, TimeSpan? MedianDuration, TimeSpan? P95Duration) : IJsonRecord
{
    /// <summary>The members under their names; durations in seconds.</summary>
    public JsonMap ToJson() => JsonMap.From(new KeyValuePair<string, object?>[]
    {
        new(nameof(Stage), Stage),
        new(nameof(Waiting), Waiting),
        new(nameof(InProgress), InProgress),
        new(nameof(Done), Done),
        new(nameof(Failed), Failed),
        new(nameof(Retries), Retries),
        new(nameof(FailedAttempts), FailedAttempts),
        new(nameof(MeanDuration), MeanDuration?.TotalSeconds),
        new(nameof(MedianDuration), MedianDuration?.TotalSeconds),
        new(nameof(P95Duration), P95Duration?.TotalSeconds),
    });

    /// <summary>For example <c>Convert: 5 waiting, 2 in progress, 40 done, 1 failed</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Stage}: {Waiting} waiting, {InProgress} in progress, {Done} done, {Failed} failed");
}

/// <summary>Tasks that ended in a stretch of time.</summary>
/// <param name="At">When the stretch begins; it ends where the next one begins.</param>
/// <param name="Span">How long it is.</param>
/// <param name="Completed">Tasks that were completed in it and are still.</param>
/// <param name="Failed">Tasks that failed in it and still are.</param>
/// <param name="Skipped">Tasks that were skipped in it.</param>
/// <param name="Canceled">Tasks that were canceled in it.</param>
public sealed record JournalThroughput(DateTimeOffset At, TimeSpan Span, long Completed, long Failed, long Skipped, long Canceled) : IJsonRecord
{
    /// <summary>All that ended.</summary>
    public long Ended => Completed + Failed + Skipped + Canceled;

    /// <summary>Tasks with work done (completed or failed) per hour.</summary>
    public double PerHour => Span > TimeSpan.Zero ? Math.Round((Completed + Failed) / Span.TotalHours, 1) : 0;

    /// <inheritdoc/>
    public JsonMap ToJson() => JsonMap.From(new KeyValuePair<string, object?>[]
    {
        new(nameof(At), At),
        new(nameof(Span), Span.TotalSeconds),
        new(nameof(Completed), Completed),
        new(nameof(Failed), Failed),
        new(nameof(Skipped), Skipped),
        new(nameof(Canceled), Canceled),
        new(nameof(PerHour), PerHour),
    });

    /// <summary>For example <c>2026-11-20 14:00 1,200 (4 failed)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:yyyy-MM-dd HH:mm:ss}: {Ended}{(Failed > 0 ? $" ({Failed} failed)" : "")}");
}
