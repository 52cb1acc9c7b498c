namespace Journal.Storage.Shared;

/// <summary>
/// A task from a row of these columns: id, batch, key, status, stage, priority, weight, attempts, crashes, token, not_before, lease_until,
/// error_category, created_at, updated_at, started_at, ended_at, duration, quota, quota_project, progress, progress_text, input_kind, signature,
/// source_type, metadata, error_message, target_id, outputs, input, limit_key, cost, postponed; then its worker, however the engine tells it.
/// </summary>
public static class StoredTask
{
    /// <summary>The column of the batch's number.</summary>
    public const int BatchColumn = 1;

    /// <summary>The column of the stage's position.</summary>
    public const int StageColumn = 4;

    /// <summary>The column of the worker.</summary>
    public const int WorkerColumn = 33;

    /// <summary>The task.</summary>
    /// <param name="row">The row.</param>
    /// <param name="batch">The batch whose number it has.</param>
    /// <param name="worker">What the worker is called.</param>
    /// <param name="location">The journal as users name it.</param>
    public static JournalTask Read<TRow>(TRow row, BatchFacts batch, string? worker, string location) where TRow : IStoredRow
    {
        var key = row.Text(2) ?? "";
        var stage = row.Integer(StageColumn);
        var notBefore = row.Integer(10);
        return new JournalTask
        {
            Id = row.Integer(0),
            BatchId = batch.Id,
            Key = key,
            Status = (JournalTaskStatus)row.Integer(3),
            Stage = batch.StageAt(stage),
            Priority = (int)row.Integer(5),
            Weight = row.Real(6),
            Attempts = (int)row.Integer(7),
            Crashes = (int)row.Integer(8),
            MaxRetries = batch.RetriesAt(stage),
            Token = row.Integer(9),
            NotBefore = Waits.IsTime(notBefore) ? Micros.ToTime(notBefore) : null,
            IsHeld = notBefore == Waits.ForOperator,
            WaitsForKey = notBefore == Waits.ForKey,
            LimitKey = row.Text(30),
            Cost = row.Real(31),
            Postponed = (int)row.Integer(32),
            LeaseUntil = Micros.ToTime(row.IntegerOrNull(11)),
            Worker = worker,
            ErrorCategory = (JournalErrorCategory)row.Integer(12),
            CreatedAt = Micros.ToTime(row.Integer(13)),
            UpdatedAt = Micros.ToTime(row.Integer(14)),
            StartedAt = Micros.ToTime(row.IntegerOrNull(15)),
            EndedAt = Micros.ToTime(row.IntegerOrNull(16)),
            Duration = row.IntegerOrNull(17) is { } duration ? Micros.ToSpan(duration) : null,
            QuotaConsumed = row.Real(18),
            QuotaProject = row.Text(19),
            Progress = row.RealOrNull(20),
            ProgressText = row.Text(21),
            Signature = row.Text(23),
            SourceType = row.Text(24) ?? batch.SourceType,
            Metadata = JsonMap.Parse(row.Text(25)),
            ErrorMessage = row.Text(26),
            TargetId = row.Text(27),
            Outputs = JsonList.Parse(row.Text(28)),
            StoredInput = new TaskInput((TaskInputKind)row.Integer(22), row.Text(29) ?? key),
            JournalPath = location,
        };
    }
}
