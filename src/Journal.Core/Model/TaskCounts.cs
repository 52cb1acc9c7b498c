namespace Journal;

/// <summary>How many tasks are in each status.</summary>
/// <param name="Pending">Waiting.</param>
/// <param name="InProgress">Held by a worker.</param>
/// <param name="Completed">Done.</param>
/// <param name="Failed">Given up.</param>
/// <param name="Skipped">Needed no work.</param>
/// <param name="Canceled">Withdrawn.</param>
public readonly record struct TaskCounts(long Pending, long InProgress, long Completed, long Failed, long Skipped, long Canceled)
{
    /// <summary>All tasks.</summary>
    public long Total => Pending + InProgress + Ended;

    /// <summary>Tasks that have ended in whatever way.</summary>
    public long Ended => Completed + Failed + Skipped + Canceled;

    /// <summary>Tasks that have not ended.</summary>
    public long Open => Pending + InProgress;

    /// <summary>How much has ended, 0 to 100, rounded down to a tenth, so that 100 means all; 0 for an empty batch.</summary>
    public double Percent => Total == 0 ? 0 : Math.Floor(1000.0 * Ended / Total) / 10;

    /// <summary>Completed tasks in 100 that were completed or failed, rounded to a tenth (100 means all, 0 none); null before the first.</summary>
    public double? SuccessRate => (Completed, Failed) switch
    {
        (0, 0) => null,
        (0, _) => 0,
        (_, 0) => 100,
        _ => Math.Clamp(Math.Round(100.0 * Completed / (Completed + Failed), 1, MidpointRounding.AwayFromZero), 0.1, 99.9),
    };

    /// <summary>The counts after tasks moved from one status to another.</summary>
    /// <param name="from">Where they were; null for new tasks.</param>
    /// <param name="to">Where they are now; null for removed tasks.</param>
    /// <param name="count">How many.</param>
    public TaskCounts Moved(JournalTaskStatus? from, JournalTaskStatus? to, long count = 1)
    {
        var counts = this;
        if (from is { } left) counts = counts.Plus(left, -count);
        if (to is { } reached) counts = counts.Plus(reached, count);
        return counts;
    }

    /// <summary>These and others together.</summary>
    public TaskCounts Plus(TaskCounts other) => new(
        Pending + other.Pending, InProgress + other.InProgress, Completed + other.Completed, Failed + other.Failed, Skipped + other.Skipped, Canceled + other.Canceled);

    /// <summary>The number of tasks in a status.</summary>
    public long Of(JournalTaskStatus status) => status switch
    {
        JournalTaskStatus.Pending => Pending,
        JournalTaskStatus.InProgress => InProgress,
        JournalTaskStatus.Completed => Completed,
        JournalTaskStatus.Failed => Failed,
        JournalTaskStatus.Skipped => Skipped,
        _ => Canceled,
    };

    /// <summary>The counts as JSON, so that <c>Export-Csv</c> writes something that can be read back.</summary>
    public override string ToString() => JsonValues.ToJson(new Dictionary<string, object?>
    {
        [nameof(Pending)] = Pending,
        [nameof(InProgress)] = InProgress,
        [nameof(Completed)] = Completed,
        [nameof(Failed)] = Failed,
        [nameof(Skipped)] = Skipped,
        [nameof(Canceled)] = Canceled,
    });

    private TaskCounts Plus(JournalTaskStatus status, long count) => status switch
    {
        JournalTaskStatus.Pending => this with { Pending = Pending + count },
        JournalTaskStatus.InProgress => this with { InProgress = InProgress + count },
        JournalTaskStatus.Completed => this with { Completed = Completed + count },
        JournalTaskStatus.Failed => this with { Failed = Failed + count },
        JournalTaskStatus.Skipped => this with { Skipped = Skipped + count },
        _ => this with { Canceled = Canceled + count },
    };
}
