namespace Journal.Sqlite.Statements;

/// <summary>Limits by key: which tasks of a key are next, and how fast they may start. That a status is at most 1 is said to SQLite, which does not conclude it, for the sake of the index.</summary>
internal static class PaceStatements
{
    public const string Find = "SELECT pace_at, pace_spent, hold_until, hold_reason, opens_at FROM pace WHERE batch = ?1 AND limit_key = ?2";

    public const string Write = """
        INSERT INTO pace (batch, limit_key, pace_at, pace_spent, hold_until, hold_reason, opens_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (batch, limit_key) DO UPDATE SET
            pace_at = excluded.pace_at, pace_spent = excluded.pace_spent, hold_until = excluded.hold_until, hold_reason = excluded.hold_reason, opens_at = excluded.opens_at
        """;

    public const string Forget = "DELETE FROM pace WHERE batch = ?1 AND limit_key = ?2";

    /// <summary>Leases, which are the only count there is of what is in progress.</summary>
    public const string InProgress = "SELECT COUNT(*) FROM task INDEXED BY task_of_key WHERE batch = ?1 AND limit_key = ?2 AND status <= 1 AND status = 1";

    /// <summary>Those that were next go back: ready ones, and those that wait for the time ?3 at which the key was to open.</summary>
    public const string PutBack = """
        UPDATE task INDEXED BY task_of_key SET not_before = ?4
        WHERE batch = ?1 AND limit_key = ?2 AND status <= 1 AND status = 0 AND not_before IN (0, ?3)
        """;

    /// <summary>How many are next.</summary>
    public const string Next = """
        SELECT COUNT(*) FROM task INDEXED BY task_of_key WHERE batch = ?1 AND limit_key = ?2 AND status <= 1 AND status = 0 AND not_before IN (0, ?3)
        """;

    /// <summary>The first ?5 in their order become next.</summary>
    public const string Admit = """
        UPDATE task SET not_before = ?3 WHERE id IN (
            SELECT id FROM task INDEXED BY task_of_key WHERE batch = ?1 AND limit_key = ?2 AND status <= 1 AND status = 0 AND not_before = ?4
            ORDER BY stage DESC, priority DESC, id LIMIT ?5)
        """;

    public const string Keys = "SELECT DISTINCT limit_key FROM task INDEXED BY task_of_key WHERE batch = ?1 AND limit_key IS NOT NULL AND status <= 1";

    public const string HasReady = "SELECT EXISTS (SELECT 1 FROM task INDEXED BY task_ready WHERE batch = ?1 AND status = 0 AND not_before = 0 AND (?2 IS NULL OR stage = ?2))";

}
