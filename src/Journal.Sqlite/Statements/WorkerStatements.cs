namespace Journal.Sqlite.Statements;

/// <summary>Who works.</summary>
internal static class WorkerStatements
{
    public const string Columns = "w.host, w.process_space, w.process_id, w.process_start, w.nonce, w.label";

    public const string Name = "SELECT name FROM worker WHERE no = ?1";

    public const string All = "SELECT no, name FROM worker";

    public const string Find = """
        SELECT no FROM worker
        WHERE nonce = ?1 AND process_id = ?2 AND process_start = ?3 AND process_space = ?4 AND host = ?5 AND name = ?6
        """;

    public const string Insert = """
        INSERT INTO worker (nonce, process_id, process_start, process_space, host, name, label)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        RETURNING no
        """;

    public const string Holding = $"""
        SELECT {Columns} FROM worker w WHERE w.no IN (SELECT worker FROM task WHERE status = 1) ORDER BY w.no
        """;

    public const string InFlight = $"""
        SELECT t.id, t.batch, t.key, t.token, t.lease_until, t.crashes, t.claimed_at, w.no, {Columns}
        FROM task t INDEXED BY task_in_progress LEFT JOIN worker w ON w.no = t.worker
        WHERE t.status = 1 AND (?1 IS NULL OR t.batch = ?1)
        ORDER BY t.id
        """;
}
