namespace Journal.Postgres.Statements;

/// <summary>What attempts emitted: the outbox, and what stays with its batch. A worker's role may not delete rows: what leaves loses its text.</summary>
internal static class ResultStatements
{
    /// <summary>In the order that StoredResults reads; with the writer as w.</summary>
    public const string Columns = $"r.task, r.batch, r.stage, r.json, r.items, r.written, r.at, r.awaits, r.writer, {WorkerStatements.Columns}";

    /// <summary>Parameters: 1 batch, then columns; in the order in which they are given.</summary>
    public const string Write = """
        INSERT INTO result (batch, task, stage, json, items, written, at, awaits, writer)
        SELECT m.batch, m.task, m.stage, m.json, m.items, m.written, m.at, m.awaits, m.writer
        FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::text[], $5::int[], $6::int[], $7::bigint[], $8::int[], $9::bigint[]) WITH ORDINALITY
            AS m(batch, task, stage, json, items, written, at, awaits, writer, place)
        ORDER BY m.place
        ON CONFLICT (task, stage) DO UPDATE SET batch = excluded.batch, no = excluded.no, json = excluded.json, items = excluded.items,
            written = excluded.written, at = excluded.at, awaits = excluded.awaits, writer = excluded.writer
        """;

    public const string Read = "SELECT t.batch, r.stage, r.json FROM result r JOIN task t ON t.id = r.task WHERE r.task = $1 AND r.json IS NOT NULL";

    /// <summary>Parameters, as columns: the tasks, and for each the stage from which on its results go.</summary>
    public const string Forget = """
        UPDATE result r SET json = NULL, awaits = 0, writer = NULL, written = 0 FROM unnest($1::bigint[], $2::int[]) AS f(task, stage)
        WHERE r.task = f.task AND r.stage >= f.stage
        """;

    /// <summary>In the order that StoredResults reads a share. An older version did not count the objects.</summary>
    public const string Shares = $"""
        SELECT b.id, s.items, s.newest, s.writer, {WorkerStatements.Columns}
        FROM (SELECT batch, writer, SUM(GREATEST(items - written, 1))::bigint AS items, MAX(at) AS newest FROM result
            WHERE awaits = 1 AND ($1::bigint IS NULL OR batch = $1) GROUP BY batch, writer) s
        JOIN batch b ON b.no = s.batch LEFT JOIN worker w ON w.no = s.writer
        ORDER BY s.batch, s.writer
        """;

    public const string Take = "UPDATE result SET writer = $3 WHERE awaits = 1 AND batch = $1 AND (writer IS NULL OR writer = ANY($2))";

    public const string GiveBack = """
        UPDATE result r SET writer = NULL, written = m.written FROM unnest($3::bigint[], $4::int[]) AS m(task, written)
        WHERE r.task = m.task AND r.awaits = 1 AND r.batch = $1 AND r.writer = $2
        """;

    public const string GiveBackAll = "UPDATE result SET writer = NULL, written = 0 WHERE awaits = 1 AND batch = $1 AND writer = $2";

    public const string Leave = "UPDATE result SET json = NULL, awaits = 0, writer = NULL, written = 0 WHERE awaits = 1 AND batch = $1 AND writer = $2";

    public const string Stay = "UPDATE result SET awaits = 0, writer = NULL, written = 0 WHERE awaits = 1 AND batch = $1 AND writer = $2";

    /// <summary>The number of a worker by its identity; a worker that was never heard of has none.</summary>
    public const string WriterNumbers = "SELECT no FROM worker WHERE identity = ANY($1)";
}
