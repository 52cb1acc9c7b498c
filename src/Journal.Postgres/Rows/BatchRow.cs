using Journal.Postgres.Engine;

namespace Journal.Postgres.Rows;

/// <summary>Batches from rows of BatchStatements.</summary>
internal static class BatchRow
{
    /// <summary>The first column after those of a standing.</summary>
    public const int AfterStanding = 16;

    public static JournalBatch Read(Row row, string location) => new()
    {
        Id = row.Text(1),
        Name = row.Text(2),
        Status = (JournalBatchStatus)row.Integer(3),
        PauseReason = row.TextOrNull(4),
        PausedUntil = row.TimeOrNull(5),
        InputSource = row.TextOrNull(6),
        SourceType = row.TextOrNull(7),
        KeyExpression = row.TextOrNull(8),
        Stages = JsonList.Parse(row.Text(9)),
        Settings = JsonMap.Parse(row.Text(10)),
        Metadata = JsonMap.Parse(row.Text(11)),
        Options = StoredOptions.Parse(row.Text(12), location),
        Counts = Counts(row, 13),
        QuotaConsumed = row.Real(19),
        CreatedAt = row.Time(20),
        StartedAt = row.TimeOrNull(21),
        LastResumedAt = row.TimeOrNull(22),
        EndedAt = row.TimeOrNull(23),
        JournalPath = location,
    };

    public static BatchStanding ReadStanding(Row row) => new(
        (JournalBatchStatus)row.Integer(2), row.TextOrNull(3), row.IntegerOrNull(4), Counts(row, 5), row.Real(11), row.Integer(12),
        row.IntegerOrNull(13), row.IntegerOrNull(14), row.IntegerOrNull(15));

    public static BatchFacts ReadFacts(Row row, string location) =>
        new(row.Integer(0), row.Integer(1), row.Text(2), JsonList.Parse(row.Text(3)), row.TextOrNull(4), StoredOptions.Parse(row.Text(5), location));

    public static TaskCounts Counts(Row row, int column) => new(
        row.Integer(column), row.Integer(column + 1), row.Integer(column + 2), row.Integer(column + 3), row.Integer(column + 4), row.Integer(column + 5));
}
