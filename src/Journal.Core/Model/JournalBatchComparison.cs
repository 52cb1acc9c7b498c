namespace Journal;

/// <summary>A batch beside an earlier one. Changes are this batch less the earlier one; null where either has no such figure.</summary>
public sealed class JournalBatchComparison
{
    /// <summary>The batch.</summary>
    public required string BatchId { get; init; }

    /// <summary>What it is compared to.</summary>
    public required string EarlierBatchId { get; init; }

    /// <summary>The batch, measured.</summary>
    public required JournalBatchSummary Batch { get; init; }

    /// <summary>The earlier one, measured.</summary>
    public required JournalBatchSummary Earlier { get; init; }

    /// <summary>Tasks.</summary>
    public long TotalChange { get; init; }

    /// <summary>Completed tasks.</summary>
    public long CompletedChange { get; init; }

    /// <summary>Failed tasks.</summary>
    public long FailedChange { get; init; }

    /// <summary>Percentage points of the success rate.</summary>
    public double? SuccessRateChange { get; init; }

    /// <summary>Mean running time of a completed task.</summary>
    public TimeSpan? MeanDurationChange { get; init; }

    /// <summary>Median running time of a completed task.</summary>
    public TimeSpan? MedianDurationChange { get; init; }

    /// <summary>The 95th percentile of the running times.</summary>
    public TimeSpan? P95DurationChange { get; init; }

    /// <summary>Time that attempts have run.</summary>
    public TimeSpan ActiveTimeChange { get; init; }

    /// <summary>How many times as long a completed task takes on the average; below 1 is faster.</summary>
    public double? DurationRatio { get; init; }

    /// <summary>Quota units used.</summary>
    public double QuotaChange { get; init; }

    /// <summary>Files recorded.</summary>
    public long OutputsChange { get; init; }

    /// <summary>Errors of the batch that the earlier one did not have.</summary>
    public JournalList<JournalErrorSummary> NewErrors { get; init; } = new([]);

    /// <summary>Errors of the earlier one that the batch does not have.</summary>
    public JournalList<JournalErrorSummary> GoneErrors { get; init; } = new([]);

    /// <summary>The journal both live in.</summary>
    public string JournalPath { get; init; } = "";
}
