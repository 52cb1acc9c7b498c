using Journal.Postgres.Engine;

namespace Journal.Postgres.Rows;

/// <summary>A task from a row of TaskStatements.Columns.</summary>
internal static class TaskRow
{
    public const int BatchColumn = 1;
    public const int StageColumn = 4;

    /// <summary>The worker's name, after the columns.</summary>
    public const int WorkerColumn = 30;

    public static JournalTask Read(Row row, BatchFacts batch, string location, string? worker)
    {
        var key = row.Text(2);
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
            NotBefore = notBefore == 0 ? null : Micros.ToTime(notBefore),
            LeaseUntil = row.TimeOrNull(11),
            Worker = worker,
            ErrorCategory = (JournalErrorCategory)row.Integer(12),
            CreatedAt = row.Time(13),
            UpdatedAt = row.Time(14),
            StartedAt = row.TimeOrNull(15),
            EndedAt = row.TimeOrNull(16),
            Duration = row.IntegerOrNull(17) is { } duration ? Micros.ToSpan(duration) : null,
            QuotaConsumed = row.Real(18),
            QuotaProject = row.TextOrNull(19),
            Progress = row.RealOrNull(20),
            ProgressText = row.TextOrNull(21),
            Signature = row.TextOrNull(23),
            SourceType = row.TextOrNull(24) ?? batch.SourceType,
            Metadata = JsonMap.Parse(row.TextOrNull(25)),
            ErrorMessage = row.TextOrNull(26),
            TargetId = row.TextOrNull(27),
            Outputs = JsonList.Parse(row.TextOrNull(28)),
            Input = new TaskInput((TaskInputKind)row.Integer(22), row.TextOrNull(29) ?? key),
            JournalPath = location,
        };
    }
}
