using Journal.Postgres.Engine;

namespace Journal.Postgres.Rows;

/// <summary>Events and attempts from rows of HistoryStatements, and workers from those of WorkerStatements.</summary>
internal static class HistoryRows
{
    public const int BatchColumn = 2;

    public static JournalEvent ReadEvent(Row row, BatchFacts batch, string location)
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
            Worker = row.TextOrNull(8),
            Reason = row.TextOrNull(9),
            JournalPath = location,
        };
    }

    public static JournalAttempt ReadAttempt(Row row, BatchFacts batch, string location) => new()
    {
        TaskId = row.Integer(0),
        Number = row.Integer(1),
        BatchId = batch.Id,
        Stage = batch.StageAt(row.Integer(3)),
        Worker = row.TextOrNull(4),
        StartedAt = row.Time(5),
        EndedAt = row.Time(6),
        Outcome = (JournalAttemptOutcome)row.Integer(7),
        ErrorCategory = (JournalErrorCategory)row.Integer(8),
        ErrorMessage = row.TextOrNull(9),
        ErrorId = row.TextOrNull(10),
        ScriptStackTrace = row.TextOrNull(11),
        Key = row.TextOrNull(12) ?? "",
        JournalPath = location,
    };

    /// <summary>A worker from the columns host, process_space, process_id, process_start, nonce, label, beginning at one of them.</summary>
    public static Workers.WorkerIdentity ReadWorker(Row row, int column) => new(
        row.Text(column), row.Text(column + 1), (int)row.Integer(column + 2), row.Text(column + 3), row.Text(column + 4), row.TextOrNull(column + 5));

    /// <summary>The number of a status by its name; null where there is none of that name.</summary>
    public static int? StatusNumber(string? name, long? task) =>
        task is null ? (Enum.TryParse<JournalBatchStatus>(name, out var batch) ? (int)batch : null)
        : Enum.TryParse<JournalTaskStatus>(name, out var status) ? (int)status : null;

    private static string? StatusName(long? number, long? task) =>
        number is not { } known ? null : task is null ? ((JournalBatchStatus)known).ToString() : ((JournalTaskStatus)known).ToString();
}
