using Journal.Postgres.Engine;
using Journal.Postgres.Reading;

namespace Journal.Postgres.Maintenance;

/// <summary>Whether a journal is sound as a journal; whether its server's disk is, the server's own tools tell.</summary>
internal static class HealthCheck
{
    // Each gives a line for everything that is wrong; what the schema's own CHECKs hold the server has verified at every write.
    private static readonly string[] Invariants =
    [
        """
        SELECT format('Batch %s counts %s/%s/%s/%s/%s/%s tasks by status, but has %s/%s/%s/%s/%s/%s.',
            b.id, b.pending, b.in_progress, b.completed, b.failed, b.skipped, b.canceled, n.p, n.i, n.c, n.f, n.s, n.x)
        FROM batch b JOIN (
            SELECT b.no, COUNT(*) FILTER (WHERE t.status = 0) p, COUNT(*) FILTER (WHERE t.status = 1) i, COUNT(*) FILTER (WHERE t.status = 2) c,
                COUNT(*) FILTER (WHERE t.status = 3) f, COUNT(*) FILTER (WHERE t.status = 4) s, COUNT(*) FILTER (WHERE t.status = 5) x
            FROM batch b LEFT JOIN task t ON t.batch = b.no GROUP BY b.no
        ) n ON n.no = b.no
        WHERE (b.pending, b.in_progress, b.completed, b.failed, b.skipped, b.canceled) <> (n.p, n.i, n.c, n.f, n.s, n.x)
        """,
        "SELECT format('Task %s belongs to a batch that is missing.', t.id) FROM task t WHERE NOT EXISTS (SELECT 1 FROM batch b WHERE b.no = t.batch)",
        """
        SELECT format('Task %s waits for stage %s, but its batch has %s.', t.id, t.stage, b.stage_count)
        FROM task t JOIN batch b ON b.no = t.batch WHERE t.stage > 0 AND t.stage >= b.stage_count
        """,
        """
        SELECT format('Task %s was claimed %s times, but %s attempts of it have ended.', t.id, t.token, COUNT(a.number))
        FROM task t LEFT JOIN attempt a ON a.task = t.id GROUP BY t.id, t.token, t.status
        HAVING COUNT(a.number) > t.token - CASE WHEN t.status = 1 THEN 1 ELSE 0 END
        """,
        """
        SELECT format('Task %s is in status %s, but its last move went to %s.', t.id, t.status, e.to_status)
        FROM task t JOIN LATERAL (SELECT to_status FROM event WHERE task = t.id AND kind >= 20 ORDER BY id DESC LIMIT 1) e ON e.to_status <> t.status
        """,
        // Sums of fractions depend on their order a little.
        """
        SELECT format('Batch %s says that it used a quota of %s, its tasks %s and its projects %s.', b.id, b.quota_consumed, COALESCE(t.used, 0), COALESCE(q.used, 0))
        FROM batch b LEFT JOIN (SELECT batch, SUM(quota) used FROM task GROUP BY batch) t ON t.batch = b.no
        LEFT JOIN (SELECT batch, SUM(consumed) used FROM quota GROUP BY batch) q ON q.batch = b.no
        WHERE ABS(b.quota_consumed - COALESCE(t.used, 0)) > 1e-6 * (1 + ABS(b.quota_consumed))
            OR ABS(b.quota_consumed - COALESCE(q.used, 0)) > 1e-6 * (1 + ABS(b.quota_consumed))
        """,
        "SELECT format('%s attempts are of tasks that are missing.', COUNT(*)) FROM attempt a WHERE NOT EXISTS (SELECT 1 FROM task t WHERE t.id = a.task) HAVING COUNT(*) > 0",
        "SELECT format('%s events are of batches that are missing.', COUNT(*)) FROM event e WHERE NOT EXISTS (SELECT 1 FROM batch b WHERE b.no = e.batch) HAVING COUNT(*) > 0",
        "SELECT format('Task %s was held by a worker that is missing.', t.id) FROM task t WHERE t.worker IS NOT NULL AND NOT EXISTS (SELECT 1 FROM worker w WHERE w.no = t.worker)",
        "SELECT format('Index %s is not valid.', indexrelid::regclass) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())",
    ];

    private const string MostLines = " LIMIT 100";

    public static IReadOnlyList<string> Run(ReadSession session)
    {
        var problems = new List<string>();
        session.Pipeline.Patience = 0;
        foreach (var sql in Invariants) session.Pipeline.Add(new Command(sql + MostLines), row => problems.Add(row.Text(0)));
        session.Pipeline.Send();
        return problems;
    }
}
