using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Rows;

/// <summary>A batch from a row of BatchStatements.Columns.</summary>
internal static class BatchRow
{
    public static JournalBatch Read(Statement row, Catalog catalog) => new()
    {
        Id = row.Text(1)!,
        Name = row.Text(2)!,
        Status = (JournalBatchStatus)row.Integer(3),
        PauseReason = row.Text(4),
        PausedUntil = row.TimeOrNull(5),
        InputSource = row.Text(6),
        SourceType = row.Text(7),
        KeyExpression = row.Text(8),
        Stages = JsonList.Parse(row.Text(9)),
        Settings = JsonMap.Parse(row.Text(10)),
        Metadata = JsonMap.Parse(row.Text(11)),
        Options = StoredOptions.Parse(row.Text(12), catalog.Location),
        Counts = new TaskCounts(row.Integer(13), row.Integer(14), row.Integer(15), row.Integer(16), row.Integer(17), row.Integer(18)),
        QuotaConsumed = row.Real(19),
        CreatedAt = row.Time(20),
        StartedAt = row.TimeOrNull(21),
        LastResumedAt = row.TimeOrNull(22),
        EndedAt = row.TimeOrNull(23),
        JournalPath = catalog.Location,
    };
}
