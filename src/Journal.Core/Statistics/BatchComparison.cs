using Journal.Storage;

namespace Journal.Statistics;

/// <summary>Compares a batch with an earlier one.</summary>
public static class BatchComparison
{
    /// <summary>What stands, in place of an id, for the batch of the same name that was created before.</summary>
    public const string Previous = "Previous";

    /// <summary>The batch to compare with.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batch">The batch that is compared.</param>
    /// <param name="earlier">An id, a name, or <see cref="Previous"/>.</param>
    /// <exception cref="JournalException">BatchNotFound, or NoEarlierBatch where there is none of that name.</exception>
    public static JournalBatch FindEarlier(IJournalStore store, JournalBatch batch, string earlier)
    {
        if (!string.Equals(earlier, Previous, StringComparison.OrdinalIgnoreCase)) return store.MeantBatch(earlier);
        // Newest first: the one after the batch itself is the one before it.
        return store.ReadBatches(new BatchQuery { Names = [TextPattern.Name(batch.Name)] }).SkipWhile(other => other.Id != batch.Id).Skip(1).FirstOrDefault()
            ?? throw JournalErrors.NoEarlierBatch(batch.Id, batch.Name);
    }

    /// <summary>Compares.</summary>
    public static JournalBatchComparison Build(JournalBatchSummary batch, JournalBatchSummary earlier) => new()
    {
        BatchId = batch.BatchId,
        EarlierBatchId = earlier.BatchId,
        Batch = batch,
        Earlier = earlier,
        TotalChange = batch.Total - earlier.Total,
        CompletedChange = batch.Completed - earlier.Completed,
        FailedChange = batch.Failed - earlier.Failed,
        SuccessRateChange = batch.SuccessRate - earlier.SuccessRate is { } points ? Math.Round(points, 1) : null,
        MeanDurationChange = batch.MeanDuration - earlier.MeanDuration,
        MedianDurationChange = batch.MedianDuration - earlier.MedianDuration,
        P95DurationChange = batch.P95Duration - earlier.P95Duration,
        ActiveTimeChange = batch.ActiveTime - earlier.ActiveTime,
        DurationRatio = earlier.MeanDuration > TimeSpan.Zero && batch.MeanDuration is { } mean ? Math.Round(mean / earlier.MeanDuration.Value, 2) : null,
        QuotaChange = batch.QuotaConsumed - earlier.QuotaConsumed,
        OutputsChange = batch.Outputs - earlier.Outputs,
        NewErrors = OnlyIn(batch, earlier),
        GoneErrors = OnlyIn(earlier, batch),
        JournalPath = batch.JournalPath,
    };

    private static JournalList<JournalErrorSummary> OnlyIn(JournalBatchSummary batch, JournalBatchSummary other)
    {
        var known = other.ErrorsBySignature.Select(static error => (error.Category, error.Signature)).ToHashSet();
        return new JournalList<JournalErrorSummary>(batch.ErrorsBySignature.Where(error => !known.Contains((error.Category, error.Signature))));
    }
}
