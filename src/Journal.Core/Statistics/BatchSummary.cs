using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Statistics;

/// <summary>Measures a batch from what a store tells of it.</summary>
public static class BatchSummary
{
    /// <summary>What tasks without a quota project are listed under.</summary>
    public const string NoProject = "(none)";

    private const int MostStretches = 24;

    /// <summary>Reads a batch's figures and builds its summary.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batch">The batch, just read.</param>
    /// <param name="zone">On whose clock the throughput is told.</param>
    /// <param name="parallelism">How many of its tasks would run at a time; 0 for as many as run now.</param>
    /// <param name="sizeOf">Looks for its outputs, see <see cref="OutputTally.OnDisk"/>; null to leave the disk alone.</param>
    /// <param name="leftOut">Inputs that a run left out, see <see cref="JournalBatchSummary.LeftOut"/>.</param>
    public static JournalBatchSummary Read(IJournalStore store, JournalBatch batch, TimeZoneInfo zone, int parallelism = 0, Func<string, long?>? sizeOf = null, long leftOut = 0)
    {
        var tasks = new TaskQuery { BatchIds = [batch.Id] };
        return Build(
            batch, store.ReadFigures(batch.Id), parallelism > 0 ? parallelism : (int)Math.Max(1, batch.InProgress), store.Now,
            ProgressSeries.Read(store, tasks, zone, MostStretches), sizeOf is null ? null : OutputTally.Read(store, tasks, sizeOf, listed: 0), leftOut);
    }

    /// <summary>Builds the summary.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="figures">Its figures, read at about the same time.</param>
    /// <param name="parallelism">How many of its tasks run at a time, or would; less than 1 counts as 1.</param>
    /// <param name="now">The time of the finish date's count.</param>
    /// <param name="throughput">When its tasks ended.</param>
    /// <param name="outputs">Its files, where somebody looked for them.</param>
    /// <param name="leftOut">Inputs that a run left out.</param>
    public static JournalBatchSummary Build(
        JournalBatch batch, BatchFigures figures, int parallelism, DateTimeOffset now, IReadOnlyList<JournalThroughput>? throughput = null, OutputTally? outputs = null, long leftOut = 0)
    {
        var counts = batch.Counts;
        var eta = EtaEstimator.Estimate(new EtaFacts(counts.Open, figures.WeightLeft)
        {
            History = EtaSample.Of(counts, figures),
            Parallelism = parallelism,
        });
        return new JournalBatchSummary
        {
            BatchId = batch.Id,
            LeftOut = leftOut,
            Name = batch.Name,
            Status = batch.Status,
            StatusText = batch.StatusText,
            IsHeld = batch.IsHeld,
            Total = counts.Total,
            Pending = counts.Pending,
            InProgress = counts.InProgress,
            Completed = counts.Completed,
            Failed = counts.Failed,
            Skipped = counts.Skipped,
            Canceled = counts.Canceled,
            Remaining = counts.Open,
            Percent = counts.Percent,
            SuccessRate = counts.SuccessRate,
            Retries = figures.Stages.Sum(static stage => stage.Retries),
            FailedAttempts = figures.Stages.Sum(static stage => stage.FailedAttempts),
            MeanDuration = figures.Durations.Mean,
            MedianDuration = figures.Durations.Median,
            P95Duration = figures.Durations.P95,
            MaxDuration = figures.Durations.Max,
            ActiveTime = figures.ActiveTime,
            Eta = eta.P50,
            EtaP90 = eta.P90,
            FinishAt = FinishAt(batch, eta, now),
            QuotaConsumed = batch.QuotaConsumed,
            QuotaLeft = batch.QuotaLeft,
            QuotaLeftByProject = batch.QuotaLeftByProject,
            QuotaByProject = Totals(figures.QuotaByProject.Select(static quota => (quota.Key ?? NoProject, quota.Value))),
            Outputs = figures.Outputs,
            OutputsMissing = outputs?.Missing,
            OutputBytes = outputs?.Bytes,
            OutputsShared = outputs?.Shared,
            Throughput = new JournalList<JournalThroughput>(throughput ?? []),
            ErrorsByCategory = Totals(figures.Errors.Select(static error => (error.Category.ToString(), error.Count))),
            ErrorsBySignature = new JournalList<JournalErrorSummary>(figures.Errors),
            Stages = new JournalList<JournalStageSummary>(figures.Stages.Where(static stage => stage.Stage.Length > 0)),
            PauseReason = batch.PauseReason,
            PausedUntil = batch.PausedUntil,
            CreatedAt = batch.CreatedAt,
            StartedAt = batch.StartedAt,
            LastResumedAt = batch.LastResumedAt,
            EndedAt = batch.EndedAt,
            JournalPath = batch.JournalPath,
        };
    }

    private static DateTimeOffset? FinishAt(JournalBatch batch, Eta eta, DateTimeOffset now)
    {
        DateTimeOffset? from = batch.Status switch
        {
            JournalBatchStatus.Running => now,
            JournalBatchStatus.Paused when batch.PausedUntil is { } until => BatchLifecycle.PauseIsOver(until, now) ? now : until,
            _ => null,
        };
        return from is { } start && eta.P50 is { } left && left < DateTimeOffset.MaxValue - start ? start + left : null;
    }

    private static JsonMap Totals<T>(IEnumerable<(string Name, T Amount)> amounts)
        where T : struct, System.Numerics.INumber<T> =>
        JsonMap.From(amounts
            .GroupBy(static amount => amount.Name, StringComparer.OrdinalIgnoreCase)
            .Select(static group => (group.Key, Sum: group.Aggregate(T.Zero, static (sum, amount) => sum + amount.Amount)))
            .OrderByDescending(static total => total.Sum)
            .Select(static total => new KeyValuePair<string, object?>(total.Key, total.Sum)));
}
