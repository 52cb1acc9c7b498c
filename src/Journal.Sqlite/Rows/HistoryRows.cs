using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Rows;

/// <summary>Events and attempts from rows of HistoryStatements.</summary>
internal static class HistoryRows
{
    public const int BatchColumn = 2;

    public static JournalEvent ReadEvent(Statement row, BatchFacts batch, Catalog catalog, Database database)
    {
        var task = row.IntegerOrNull(3);
        return new JournalEvent
        {
            Id = row.Integer(0),
            At = row.Time(1),
            BatchId = batch.Id,
            TaskId = task,
            Kind = (JournalEventKind)row.Integer(4),
            From = StatusName(row.IntegerOrNull(5), task),
            To = StatusName(row.IntegerOrNull(6), task),
            Stage = row.IntegerOrNull(7) is { } stage ? batch.StageAt(stage) : null,
            Worker = catalog.WorkerName(database, row.IntegerOrNull(8)),
            Reason = row.Text(9),
            JournalPath = catalog.Location,
        };
    }

    public static JournalAttempt ReadAttempt(Statement row, BatchFacts batch, Catalog catalog, Database database) => new()
    {
        TaskId = row.Integer(0),
        Number = row.Integer(1),
        BatchId = batch.Id,
        Stage = batch.StageAt(row.Integer(3)),
        Worker = catalog.WorkerName(database, row.IntegerOrNull(4)),
        StartedAt = row.Time(5),
        EndedAt = row.Time(6),
        Outcome = (JournalAttemptOutcome)row.Integer(7),
        ErrorCategory = (JournalErrorCategory)row.Integer(8),
        ErrorMessage = row.Text(9),
        ErrorId = row.Text(10),
        ScriptStackTrace = row.Text(11),
        Key = row.Text(12) ?? "",
        JournalPath = catalog.Location,
    };

    /// <summary>The number of a status by its name; null where there is none of that name.</summary>
    public static long? StatusNumber(string? name, long? task) =>
        task is null ? (Enum.TryParse<JournalBatchStatus>(name, out var batch) ? (long)batch : null)
        : Enum.TryParse<JournalTaskStatus>(name, out var status) ? (long)status : null;

    private static string? StatusName(long? number, long? task) =>
        number is not { } known ? null : task is null ? ((JournalBatchStatus)known).ToString() : ((JournalTaskStatus)known).ToString();
}
