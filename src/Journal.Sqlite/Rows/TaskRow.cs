using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Rows;

/// <summary>A task from a row of TaskStatements.Columns.</summary>
internal static class TaskRow
{
    public const int BatchColumn = 1;
    public const int StageColumn = 4;

    public static JournalTask Read(Statement row, BatchFacts batch, Catalog catalog, Database database)
    {
        var key = row.Text(2)!;
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
            Worker = catalog.WorkerName(database, row.IntegerOrNull(12)),
            ErrorCategory = (JournalErrorCategory)row.Integer(13),
            CreatedAt = row.Time(14),
            UpdatedAt = row.Time(15),
            StartedAt = row.TimeOrNull(16),
            EndedAt = row.TimeOrNull(17),
            Duration = row.IntegerOrNull(18) is { } duration ? Micros.ToSpan(duration) : null,
            QuotaConsumed = row.Real(19),
            QuotaProject = row.Text(20),
            Progress = row.RealOrNull(21),
            ProgressText = row.Text(22),
            ErrorMessage = row.Text(24),
            Signature = row.Text(25),
            SourceType = row.Text(26) ?? batch.SourceType,
            TargetId = row.Text(27),
            Outputs = JsonList.Parse(row.Text(28)),
            Metadata = JsonMap.Parse(row.Text(29)),
            Input = new TaskInput((TaskInputKind)row.Integer(23), row.Text(30) ?? key),
            JournalPath = catalog.Location,
        };
    }
}
