using System.Globalization;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Sqlite.Statements;

namespace Journal.Sqlite.Maintenance;

/// <summary>Whether a journal is sound: as a file, and as a journal.</summary>
internal static class HealthCheck
{
    // Each gives a line for everything that is wrong; what the schema's own CHECKs hold is SQLite's to verify (integrity_check does).
    private static readonly string[] Invariants =
    [
        """
        SELECT 'Batch ' || b.id || ' counts ' || printf('%d/%d/%d/%d/%d/%d', b.pending, b.in_progress, b.completed, b.failed, b.skipped, b.canceled)
            || ' tasks by status, but has ' || printf('%d/%d/%d/%d/%d/%d', n.p, n.i, n.c, n.f, n.s, n.x) || '.'
        FROM batch b JOIN (
            SELECT b.no, COALESCE(SUM(t.status = 0), 0) p, COALESCE(SUM(t.status = 1), 0) i, COALESCE(SUM(t.status = 2), 0) c,
                COALESCE(SUM(t.status = 3), 0) f, COALESCE(SUM(t.status = 4), 0) s, COALESCE(SUM(t.status = 5), 0) x
            FROM batch b LEFT JOIN task t ON t.batch = b.no GROUP BY b.no
        ) n ON n.no = b.no
        WHERE (b.pending, b.in_progress, b.completed, b.failed, b.skipped, b.canceled) <> (n.p, n.i, n.c, n.f, n.s, n.x)
        """,
        """
        SELECT 'Batch ' || b.id || ' has tasks outside the range it knows.' FROM batch b
        WHERE EXISTS (SELECT 1 FROM task t WHERE t.batch = b.no AND (b.first_task IS NULL OR t.id NOT BETWEEN b.first_task AND b.last_task))
        """,
        """
        SELECT 'Task ' || t.id || ' waits for stage ' || t.stage || ', but its batch has ' || b.stage_count || '.'
        FROM task t JOIN batch b ON b.no = t.batch WHERE t.stage > 0 AND t.stage >= b.stage_count
        """,
        """
        SELECT 'Task ' || t.id || ' was claimed ' || t.token || ' times, but ' || COUNT(a.number) || ' attempts of it have ended.'
        FROM task t LEFT JOIN attempt a ON a.task = t.id GROUP BY t.id HAVING COUNT(a.number) > t.token - (t.status = 1)
        """,
        """
        SELECT 'Task ' || t.id || ' is in status ' || t.status || ', but its last move went to ' || e.to_status || '.'
        FROM task t JOIN event e ON e.id = (SELECT MAX(id) FROM event WHERE task = t.id AND (kind >= 20 OR kind = 7)) WHERE e.to_status <> t.status
        """,
        // Sums of fractions depend on their order a little.
        """
        SELECT 'Batch ' || b.id || ' says that it used a quota of ' || b.quota_consumed || ', its tasks ' || COALESCE(t.used, 0) || ' and its projects ' || COALESCE(q.used, 0) || '.'
        FROM batch b LEFT JOIN (SELECT batch, SUM(quota) used FROM task GROUP BY batch) t ON t.batch = b.no
        LEFT JOIN (SELECT batch, SUM(consumed) used FROM quota GROUP BY batch) q ON q.batch = b.no
        WHERE ABS(b.quota_consumed - COALESCE(t.used, 0)) > 1e-6 * (1 + ABS(b.quota_consumed))
            OR ABS(b.quota_consumed - COALESCE(q.used, 0)) > 1e-6 * (1 + ABS(b.quota_consumed))
        """,
    ];

    private const int MostLines = 100;

    public static IReadOnlyList<string> Run(Database database)
    {
        var problems = new List<string>();
        try
        {
            Collect(database, "PRAGMA integrity_check(100)", problems, static row => row.Text(0) is { } line && line != "ok" ? line : null);
            // An index that lies makes every further answer worthless.
            if (problems.Count > 0) return problems;
            problems.AddRange(Schema.Differences(database));
            if (problems.Count > 0) return problems;
            Collect(database, "PRAGMA foreign_key_check", problems, static row =>
                string.Create(CultureInfo.InvariantCulture, $"A row of {row.Text(0)} points to a row of {row.Text(2)} that is missing."));
            foreach (var (table, key) in SalvageStatements.Tables.Append(("sequence", "only")).Append(("identity", "only")))
            {
                Collect(database, ValueRanges.Violations(table, key, ValueRanges.Columns(database, table)), problems, row =>
                    string.Create(CultureInfo.InvariantCulture, $"The {table} with {key} {row.Text(0)} holds in {row.Text(1)} what no journal writes."));
            }

            // What follows goes by the numbers.
            if (problems.Count > 0) return problems;
            foreach (var sql in Invariants) Collect(database, sql, problems, static row => row.Text(0));
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalCorrupt))
        {
            problems.Add(e.InnerException?.Message ?? e.Message);
        }

        return problems;
    }

    private static void Collect(Database database, string sql, List<string> problems, Func<Statement, string?> line)
    {
        using var rows = database.Prepare(sql);
        for (var i = 0; i < MostLines && rows.Step(); i++)
        {
            if (line(rows) is { } text) problems.Add(text);
        }
    }
}
