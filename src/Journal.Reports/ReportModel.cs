using Journal.Statistics;

namespace Journal.Reports;

/// <summary>All that a report tells, before it takes a form. Built by <see cref="ReportBuilder"/>.</summary>
public sealed record ReportModel
{
    /// <summary>What it is about.</summary>
    public required ReportScope Scope { get; init; }

    /// <summary>The journal.</summary>
    public required string JournalPath { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>On whose clock its times are told.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The batches, newest first.</summary>
    public IReadOnlyList<ReportBatch> Batches { get; init; } = [];

    /// <summary>The tasks it is about, by status.</summary>
    public TaskCounts Counts { get; init; }

    /// <summary>Mean running time of its completed tasks.</summary>
    public TimeSpan? MeanDuration { get; init; }

    /// <summary>Median running time of its completed tasks.</summary>
    public TimeSpan? MedianDuration { get; init; }

    /// <summary>95th percentile of their running times.</summary>
    public TimeSpan? P95Duration { get; init; }

    /// <summary>How many tasks ended when.</summary>
    public IReadOnlyList<JournalThroughput> Progress { get; init; } = [];

    /// <summary>Failed tasks by category and signature, most frequent first.</summary>
    public IReadOnlyList<JournalErrorSummary> Errors { get; init; } = [];

    /// <summary>Some of the failed tasks, the latest first.</summary>
    public IReadOnlyList<JournalTask> Failures { get; init; } = [];

    /// <summary>The tasks that ran longest.</summary>
    public IReadOnlyList<JournalTask> Slowest { get; init; } = [];

    /// <summary>The files that its completed tasks recorded.</summary>
    public OutputTally Outputs { get; init; } = OutputTally.None;

    /// <summary>The one batch that it is about, where it is about one.</summary>
    public JournalBatchSummary? Single => !Scope.IsPeriod && Batches is [var only] ? only.Summary : null;
}

/// <summary>A batch in a report.</summary>
/// <param name="Summary">The batch, measured as a whole.</param>
/// <param name="Counts">Its tasks that the report is about.</param>
public sealed record ReportBatch(JournalBatchSummary Summary, TaskCounts Counts);
