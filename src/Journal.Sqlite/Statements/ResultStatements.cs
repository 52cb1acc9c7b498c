namespace Journal.Sqlite.Statements;

/// <summary>What attempts emitted: the outbox, and what stays with its batch.</summary>
internal static class ResultStatements
{
    /// <summary>In the order that StoredResults reads; with the writer as w.</summary>
    public const string Columns = $"r.task, r.batch, r.stage, r.json, r.items, r.written, r.at, r.awaits, r.writer, {WorkerStatements.Columns}";

    public const string Write = """
        INSERT OR REPLACE INTO result (task, stage, json, batch, no, items, written, at, awaits, writer) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    public const string Read = "SELECT json FROM result WHERE task = ?1 AND stage = ?2";

    public const string Forget = "DELETE FROM result WHERE task = ?1 AND stage >= ?2";

    /// <summary>In the order that StoredResults reads a share. An older version did not count the objects.</summary>
    public const string Shares = $"""
        SELECT b.id, s.items, s.newest, s.writer, {WorkerStatements.Columns}
        FROM (SELECT batch, writer, SUM(MAX(items - written, 1)) AS items, MAX(at) AS newest FROM result INDEXED BY result_outbox
            WHERE awaits = 1 AND (?1 IS NULL OR batch = ?1) GROUP BY batch, writer) s
        JOIN batch b ON b.no = s.batch LEFT JOIN worker w ON w.no = s.writer
        ORDER BY s.batch, s.writer
        """;

    public const string Take = "UPDATE result INDEXED BY result_outbox SET writer = ?3 WHERE awaits = 1 AND batch = ?1 AND writer IS ?2";

    public const string GiveBackOne = "UPDATE result SET writer = NULL, written = ?4 WHERE task = ?3 AND awaits = 1 AND batch = ?1 AND writer = ?2";

    public const string GiveBack = "UPDATE result INDEXED BY result_outbox SET writer = NULL, written = 0 WHERE awaits = 1 AND batch = ?1 AND writer = ?2";

    public const string Leave = "DELETE FROM result INDEXED BY result_outbox WHERE awaits = 1 AND batch = ?1 AND writer = ?2";

    public const string Stay = "UPDATE result INDEXED BY result_outbox SET awaits = 0, writer = NULL, written = 0 WHERE awaits = 1 AND batch = ?1 AND writer = ?2";
}
