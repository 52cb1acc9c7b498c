namespace Journal.Postgres.Statements;

/// <summary>Limits by key: which tasks of a key are next, and how fast they may start. Keys are told by their digests; all of a transaction's go in one statement.</summary>
internal static class PaceStatements
{
    private const string OfKey = "t.batch = $1 AND t.limit_digest = k.digest AND t.limit_key IS NOT NULL";

    /// <summary>Where keys stand, how many of their tasks are in progress (leases are the only count there is), and how many are next.</summary>
    public const string Find = $"""
        SELECT k.digest, (SELECT COUNT(*) FROM task t WHERE {OfKey} AND t.status = 1),
            (SELECT COUNT(*) FROM task t WHERE {OfKey} AND t.status = 0 AND t.not_before IN (0, COALESCE(p.opens_at, 0))), p.batch IS NOT NULL, p.opens_at, p.pace_at, p.pace_spent, p.hold_until, p.hold_reason
        FROM unnest($2::uuid[]) AS k(digest) LEFT JOIN pace p ON p.batch = $1 AND p.limit_digest = k.digest
        """;

    /// <summary>Those that were next go back: ready ones, and those that wait for the time at which their key was to open. $4 is the wait for a key.</summary>
    public const string PutBack = $"""
        UPDATE task t SET not_before = $4 FROM unnest($2::uuid[], $3::bigint[]) AS k(digest, opens_at)
        WHERE {OfKey} AND t.status = 0 AND t.not_before IN (0, k.opens_at)
        """;

    /// <summary>The first of each key in their order become next.</summary>
    public const string Admit = $"""
        UPDATE task SET not_before = n.opens_at FROM (
            SELECT a.id, k.opens_at FROM unnest($2::uuid[], $3::bigint[], $4::int[]) AS k(digest, opens_at, room) CROSS JOIN LATERAL (
                SELECT t.id FROM task t WHERE {OfKey} AND t.status = 0 AND t.not_before = $5 ORDER BY t.stage DESC, t.priority DESC, t.id LIMIT k.room) a) n
        WHERE task.id = n.id
        RETURNING task.limit_digest
        """;

    public const string Write = """
        INSERT INTO pace (batch, limit_digest, pace_at, pace_spent, hold_until, hold_reason, opens_at)
        SELECT $1, k.digest, k.pace_at, k.pace_spent, k.hold_until, k.hold_reason, k.opens_at
        FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[]) AS k(digest, pace_at, pace_spent, hold_until, hold_reason, opens_at)
        ON CONFLICT (batch, limit_digest) DO UPDATE SET
            pace_at = excluded.pace_at, pace_spent = excluded.pace_spent, hold_until = excluded.hold_until, hold_reason = excluded.hold_reason, opens_at = excluded.opens_at
        """;

    public const string Keys = "SELECT DISTINCT limit_digest FROM task WHERE batch = $1 AND limit_key IS NOT NULL AND status <= 1";

    public const string KeysDue = "SELECT DISTINCT limit_digest FROM task WHERE batch = $1 AND status = 0 AND not_before > 0 AND not_before <= $2 AND limit_key IS NOT NULL";
}
