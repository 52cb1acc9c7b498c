namespace Journal.Sqlite.Statements;

/// <summary>Tasks: adding, claiming, amending, and what belongs to a single one. Moves have a file of their own.</summary>
internal static class TaskStatements
{
    /// <summary>In the order that StoredTask reads.</summary>
    public const string Columns = """
        id, batch, key, status, stage, priority, weight, attempts, crashes, token, not_before, lease_until, error_category,
        created_at, updated_at, started_at, ended_at, duration, quota, quota_project, progress, progress_text, input_kind,
        signature, source_type, metadata, error_message, target_id, outputs, input, limit_key, cost, postponed, worker
        """;

    public const string ById = $"SELECT {Columns} FROM task WHERE id = ?1";

    public const string NextTask = "SELECT MAX(next_task, COALESCE((SELECT MAX(id) FROM task), 0) + 1) FROM sequence";

    public const string NextEvent = "SELECT MAX(next_event, COALESCE((SELECT MAX(id) FROM event), 0) + 1) FROM sequence";

    /// <summary>Before something is removed: what was given out stays given out.</summary>
    public const string KeepSequence = """
        UPDATE sequence SET
            next_task = MAX(next_task, COALESCE((SELECT MAX(id) FROM task), 0) + 1),
            next_event = MAX(next_event, COALESCE((SELECT MAX(id) FROM event), 0) + 1)
        """;

    // Adding -----------------------------------------------------------------------------------------------------

    public const string Insert = """
        INSERT INTO task (id, batch, priority, weight, created_at, updated_at, key, input_kind, source_type, metadata, input, limit_key, cost, not_before)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        ON CONFLICT (batch, key) DO NOTHING
        """;

    /// <summary>A task as it stood in another journal.</summary>
    public const string Import = """
        INSERT INTO task (
            id, batch, status, stage, priority, weight, attempts, crashes, token, not_before, worker, error_category, created_at, updated_at,
            started_at, ended_at, duration, quota, quota_project, key, input_kind, error_message, signature, source_type, target_id, outputs,
            metadata, input, limit_key, cost, postponed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31)
        ON CONFLICT (batch, key) DO NOTHING
        """;

    public const string IdOfKey = "SELECT id FROM task WHERE batch = ?1 AND key = ?2";

    public const string KeyOfTask = "SELECT key FROM task WHERE id = ?1";

    /// <summary>Another task of the batch that has a target id.</summary>
    public const string OtherWithTarget = "SELECT key FROM task WHERE batch = ?1 AND target_id = ?2 AND id <> ?3 ORDER BY id LIMIT 1";

    public const string InputOfKey = "SELECT id, status, stage, input_kind, COALESCE(input, key), metadata, limit_key FROM task WHERE batch = ?1 AND key = ?2";

    /// <summary>A task takes another input, with what is said with it.</summary>
    public const string Mend = """
        UPDATE task SET input_kind = ?2, input = ?3, priority = ?4, weight = ?5, source_type = ?6, metadata = COALESCE(?7, metadata), updated_at = ?8,
            limit_key = ?9, cost = ?10 WHERE id = ?1
        """;

    public const string FirstKeyFrom = "SELECT key FROM task WHERE batch = ?1 AND key >= ?2 ORDER BY key LIMIT 1";

    // Claiming ---------------------------------------------------------------------------------------------------

    /// <summary>The keys of those whose time has come, where they have one.</summary>
    public const string KeysDue = "SELECT DISTINCT limit_key FROM task INDEXED BY task_waiting WHERE batch = ?1 AND status = 0 AND not_before > 0 AND not_before <= ?2 AND limit_key IS NOT NULL";

    /// <summary>Makes those ready whose time has come. Normally it touches nothing, so that a thousand tasks in backoff cost a claim nothing.</summary>
    public const string PromoteDue = "UPDATE task SET not_before = 0 WHERE batch = ?1 AND status = 0 AND not_before > 0 AND not_before <= ?2";

    /// <summary>The task that is due next, and when it was given that time.</summary>
    public const string NextDue = """
        SELECT not_before, updated_at, limit_key IS NOT NULL FROM task WHERE batch = ?1 AND status = 0 AND not_before > 0 AND not_before < ?2 ORDER BY not_before LIMIT 1
        """;

    /// <summary>A time that was given in what is still the future was given by a clock that was ahead: the wait it meant begins now.</summary>
    public const string CorrectDue = """
        UPDATE task SET not_before = MAX(1, not_before - (updated_at - ?2)), updated_at = ?2
        WHERE batch = ?1 AND status = 0 AND not_before > 0 AND not_before < ?3 AND updated_at > ?2
        """;

    /// <summary>Finishing what was begun comes first: a later stage before an earlier one; then by priority; then in the order of adding.</summary>
    public const string Ready = """
        SELECT id, crashes, cost, limit_key FROM task INDEXED BY task_ready WHERE batch = ?1 AND status = 0 AND not_before = 0
        ORDER BY stage DESC, priority DESC, id LIMIT ?2
        """;

    public const string ReadyInStage = """
        SELECT id, crashes, cost, limit_key FROM task INDEXED BY task_ready WHERE batch = ?1 AND status = 0 AND not_before = 0 AND stage = ?3
        ORDER BY priority DESC, id LIMIT ?2
        """;

    public const string ReadyOne = """
        SELECT id, crashes, cost, limit_key FROM task WHERE id = ?1 AND batch = ?2 AND status = 0 AND not_before = 0 AND (?3 IS NULL OR stage = ?3)
        """;

    // The row is read back by its id rather than by RETURNING, for which this SQLite opens a temporary table at every execution.
    public const string Claim = """
        UPDATE task SET
            status = 1, attempts = attempts + 1, token = token + 1, worker = ?2, claimed_at = ?3, lease_until = ?4,
            started_at = COALESCE(started_at, ?3), updated_at = ?3
        WHERE id = ?1 AND status = 0
        """;

    public const string Renew = "UPDATE task SET lease_until = ?3 WHERE batch = ?1 AND status = 1 AND worker = ?2";

    // One task ---------------------------------------------------------------------------------------------------

    public const string Standing = """
        SELECT status, token, batch, stage, worker, claimed_at, quota_project, outputs, metadata, limit_key, cost, not_before FROM task WHERE id = ?1
        """;

    public const string Amend = """
        UPDATE task SET
            lease_until = CASE WHEN status = 1 THEN COALESCE(?2, lease_until) END,
            stage = COALESCE(?3, stage), priority = COALESCE(?4, priority), weight = COALESCE(?5, weight), metadata = COALESCE(?6, metadata),
            progress = COALESCE(?7, progress), progress_text = COALESCE(?8, progress_text), updated_at = COALESCE(?9, updated_at),
            not_before = COALESCE(?10, not_before)
        WHERE id = ?1
        """;

    public const string BatchOfTask = "SELECT batch FROM task WHERE id = ?1";

    public const string AddTempFile = "INSERT OR IGNORE INTO temp_file (task, path) VALUES (?1, ?2)";

    public const string TempFiles = "SELECT path FROM temp_file WHERE task = ?1 ORDER BY path";

    public const string ClearTempFiles = "DELETE FROM temp_file WHERE task = ?1";
}
