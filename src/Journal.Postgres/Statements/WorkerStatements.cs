namespace Journal.Postgres.Statements;

/// <summary>Who works.</summary>
internal static class WorkerStatements
{
    public const string Columns = "w.host, w.process_space, w.process_id, w.process_start, w.nonce, w.label";

    public const string All = "SELECT no, name FROM worker";

    public const string Insert = """
        INSERT INTO worker (identity, nonce, process_id, process_start, process_space, host, name, label) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (identity) DO NOTHING
        """;

    public const string Find = "SELECT no FROM worker WHERE identity = $1";

    public const string Holding = $"SELECT {Columns} FROM worker w WHERE w.no IN (SELECT worker FROM task WHERE status = 1) ORDER BY w.no";

    public const string InFlight = $"""
        SELECT t.id, t.batch, t.key, t.token, t.lease_until, t.crashes, t.claimed_at, w.no, {Columns}
        FROM task t LEFT JOIN worker w ON w.no = t.worker
        WHERE t.status = 1 AND ($1::bigint IS NULL OR t.batch = $1)
        ORDER BY t.id
        """;
}

/// <summary>What a commit promises.</summary>
internal static class DurabilityStatements
{
    /// <summary>
    /// In a transaction that gives out a number which somebody remembers: its commit is on the disk when it is answered, whatever the session's others
    /// promise. Else a server that crashes would forget it and give the same number to somebody else.
    /// </summary>
    public const string Durably = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";
}

/// <summary>Checkpoints; batch number 0 is the journal itself.</summary>
internal static class CheckpointStatements
{
    public const string Find = "SELECT name, json, updated_at FROM checkpoint WHERE batch = $1 AND name_digest = $2 AND json IS NOT NULL";

    public const string All = "SELECT name, json, updated_at FROM checkpoint WHERE batch = $1 AND json IS NOT NULL ORDER BY name";

    public const string Set = """
        INSERT INTO checkpoint (batch, name, name_digest, json, updated_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (batch, name_digest) DO UPDATE SET json = excluded.json, updated_at = excluded.updated_at
        """;

    public const string Clear = "UPDATE checkpoint SET json = NULL WHERE batch = $1 AND name_digest = $2 AND json IS NOT NULL";
}
