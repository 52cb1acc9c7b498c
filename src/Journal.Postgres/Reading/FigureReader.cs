using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>The figures of a batch: one pass over its tasks and one over its attempts.</summary>
internal static class FigureReader
{
    private const string Tasks = "SELECT status, stage, weight, duration, outputs, error_category FROM task WHERE batch = $1";

    private const string Attempts = "SELECT a.stage, a.outcome, a.ended_at - a.started_at FROM attempt a JOIN task t ON t.id = a.task WHERE t.batch = $1";

    private const string Errors = """
        SELECT e.error_category, e.signature, e.count, t.error_message, t.key
        FROM (SELECT error_category, signature, COUNT(*) AS count, MIN(id) AS example FROM task WHERE batch = $1 AND status = 3 GROUP BY error_category, signature) e
        JOIN task t ON t.id = e.example
        ORDER BY e.count DESC, e.example
        """;

    /// <exception cref="JournalException">BatchNotFound.</exception>
    public static BatchFigures Read(ReadSession session, string batchId)
    {
        if (session.Batches([batchId]) is not [var batch]) throw JournalErrors.BatchNotFound(batchId);
        var tally = new FigureTally(batch);
        var errors = new List<JournalErrorSummary>();
        var quota = new List<KeyValuePair<string?, double>>();
        long active = 0;
        Command Of(string sql) => new Command(sql).With(batch.Number);
        session.Pipeline.Patience = 0;
        session.Pipeline
            .Add(Of(Tasks), row => tally.AddTask(
                (JournalTaskStatus)row.Integer(0), (int)row.Integer(1), row.Real(2), row.IntegerOrNull(3), row.IsNull(4) ? 0 : JsonList.Parse(row.Text(4)).Count, (JournalErrorCategory)row.Integer(5)))
            .Add(Of(Attempts), row => tally.AddAttempt((int)row.Integer(0), (JournalAttemptOutcome)row.Integer(1), row.Integer(2)))
            .Add(Of(BatchStatements.ActiveTime), row => active = row.Integer(0))
            .Add(Of(Errors), row => errors.Add(new JournalErrorSummary((JournalErrorCategory)row.Integer(0), row.TextOrNull(1), row.Integer(2), row.TextOrNull(3), row.TextOrNull(4))))
            .Add(Of(BatchStatements.QuotaByProject), row => quota.Add(new(row.Text(0) is { Length: > 0 } project ? project : null, row.Real(1))))
            .Send();
        return tally.ToFigures(active, errors, quota);
    }
}
