using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>The figures of a batch: one pass over its tasks and one over its attempts.</summary>
internal static class FigureReader
{
    private const string Attempts = "SELECT stage, outcome, ended_at - started_at FROM attempt WHERE task BETWEEN ?1 AND ?2 AND batch = ?3";

    private const string ActiveTime = "SELECT active_time FROM batch WHERE no = ?1";

    // The index of failed tasks holds all that is counted; one task of each kind is looked up for its text.
    private const string Errors = """
        SELECT e.error_category, e.signature, e.count, t.error_message, t.key
        FROM (
            SELECT error_category, signature, COUNT(*) AS count, MIN(id) AS example
            FROM task INDEXED BY task_failed WHERE batch = ?1 AND status = 3 GROUP BY error_category, signature
        ) e JOIN task t ON t.id = e.example
        ORDER BY e.count DESC, e.example
        """;

    /// <exception cref="JournalException">BatchNotFound.</exception>
    public static BatchFigures Read(Database database, Catalog catalog, string batchId)
    {
        var filter = TaskFilter.Compile(database, catalog, new TaskQuery { BatchIds = [batchId] });
        if (filter.Scope.Facts is not [var batch]) throw JournalErrors.BatchNotFound(batchId);
        var tally = new FigureTally(batch);
        using (var rows = database.Prepare($"SELECT status, stage, weight, duration, json_array_length(outputs), error_category {filter.FromWhere}"))
        {
            rows.BindAll(filter.Where.Values);
            while (rows.Step())
            {
                tally.AddTask((JournalTaskStatus)rows.Integer(0), (int)rows.Integer(1), rows.Real(2), rows.IntegerOrNull(3), rows.Integer(4), (JournalErrorCategory)rows.Integer(5));
            }
        }

        var attempts = database.Prepared(Attempts).Bind(1, filter.Scope.FirstTask).Bind(2, filter.Scope.LastTask).Bind(3, batch.Number);
        while (attempts.Step()) tally.AddAttempt((int)attempts.Integer(0), (JournalAttemptOutcome)attempts.Integer(1), attempts.Integer(2));
        var active = database.Prepared(ActiveTime).Bind(1, batch.Number).Scalar() ?? 0;
        return tally.ToFigures(active, ReadErrors(database, batch), ReadQuota(database, batch.Number));
    }

    private static List<JournalErrorSummary> ReadErrors(Database database, BatchFacts batch)
    {
        var errors = new List<JournalErrorSummary>();
        var row = database.Prepared(Errors).Bind(1, batch.Number);
        while (row.Step()) errors.Add(new JournalErrorSummary((JournalErrorCategory)row.Integer(0), row.Text(1), row.Integer(2), row.Text(3), row.Text(4)));
        return errors;
    }

    /// <summary>What each project has used in all; a null project is that of tasks that named none.</summary>
    public static List<KeyValuePair<string?, double>> ReadQuota(Database database, long batch)
    {
        var quota = new List<KeyValuePair<string?, double>>();
        var row = database.Prepared(BatchStatements.QuotaByProject).Bind(1, batch);
        while (row.Step()) quota.Add(new(row.Text(0) is { Length: > 0 } project ? project : null, row.Real(1)));
        return quota;
    }
}
