namespace Journal.Sqlite.Statements;

/// <summary>Batches: reading them, and the one statement that writes where one stands.</summary>
internal static class BatchStatements
{
    /// <summary>In the order that StoredBatch reads.</summary>
    public const string Columns = """
        no, id, name, status, pause_reason, paused_until, input_source, source_type, key_expression, stages, settings, metadata, options,
        pending, in_progress, completed, failed, skipped, canceled, quota_consumed, created_at, started_at, last_resumed_at, ended_at,
        hold_until, hold_reason, quota_before, quota_since, quota_charges, quota_use
        """;

    /// <summary>In the order that BatchEntry reads.</summary>
    private const string Standing = """
        no, id, revision, stage_count, status, pause_reason, paused_until, pending, in_progress, completed, failed, skipped, canceled,
        quota_consumed, active_time, started_at, last_resumed_at, ended_at, pace_at, pace_spent, hold_until, hold_reason,
        quota_before, quota_since, quota_charges, quota_use, first_task, last_task, first_event, last_event
        """;

    public const string StandingById = $"SELECT {Standing} FROM batch WHERE id = ?1";

    public const string StandingByNumber = $"SELECT {Standing} FROM batch WHERE no = ?1";

    public const string Names = "SELECT DISTINCT name FROM batch";

    public const string ById = $"SELECT {Columns} FROM batch WHERE id = ?1";

    public const string Revision = "SELECT revision FROM batch WHERE no = ?1";

    public const string Facts = "SELECT no, revision, id, stages, source_type, options FROM batch WHERE no = ?1";

    public const string Insert = """
        INSERT INTO batch (id, name, input_source, source_type, key_expression, stages, stage_count, settings, metadata, options, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """;

    public const string UpdatedAt = "SELECT updated_at FROM batch WHERE no = ?1";

    public const string WriteStanding = """
        UPDATE batch SET
            status = ?2, pause_reason = ?3, paused_until = ?4, pending = ?5, in_progress = ?6, completed = ?7, failed = ?8, skipped = ?9,
            canceled = ?10, quota_consumed = ?11, active_time = ?12, started_at = ?13, last_resumed_at = ?14, ended_at = ?15,
            first_task = ?16, last_task = ?17, first_event = ?18, last_event = ?19, updated_at = ?20,
            pace_at = ?21, pace_spent = ?22, hold_until = ?23, hold_reason = ?24,
            quota_before = ?25, quota_since = ?26, quota_charges = ?27, quota_use = ?28
        WHERE no = ?1
        """;

    public const string Amend = """
        UPDATE batch SET
            options = COALESCE(?2, options), settings = COALESCE(?3, settings), metadata = COALESCE(?4, metadata),
            input_source = COALESCE(?5, input_source), source_type = COALESCE(?6, source_type), key_expression = COALESCE(?7, key_expression),
            revision = revision + 1
        WHERE no = ?1
        """;

    public const string Metadata = "SELECT metadata FROM batch WHERE no = ?1";

    public const string Totals = """
        SELECT COUNT(*), SUM(pending), SUM(in_progress), SUM(completed), SUM(failed), SUM(skipped), SUM(canceled) FROM batch
        """;

    public const string ChargeQuota = """
        INSERT INTO quota (batch, project, consumed) VALUES (?1, ?2, ?3)
        ON CONFLICT (batch, project) DO UPDATE SET consumed = consumed + excluded.consumed
        """;

    public const string QuotaByProject = "SELECT project, consumed FROM quota WHERE batch = ?1 ORDER BY project";

    /// <summary>What is deleted with a batch, children first. Tasks are found by their range, as everywhere.</summary>
    public static readonly IReadOnlyList<string> Removal =
    [
        "DELETE FROM result WHERE task IN (SELECT id FROM task WHERE batch = ?1 AND id BETWEEN ?2 AND ?3)",
        "DELETE FROM temp_file WHERE task IN (SELECT id FROM task WHERE batch = ?1 AND id BETWEEN ?2 AND ?3)",
        "DELETE FROM attempt WHERE batch = ?1 AND task BETWEEN ?2 AND ?3",
        "DELETE FROM event WHERE batch = ?1 AND id BETWEEN ?4 AND ?5",
        "DELETE FROM task WHERE batch = ?1 AND id BETWEEN ?2 AND ?3",
        "DELETE FROM quota WHERE batch = ?1",
        "DELETE FROM checkpoint WHERE batch = ?1",
        "DELETE FROM pace WHERE batch = ?1",
        "DELETE FROM batch WHERE no = ?1",
    ];

    public const string TempFiles = """
        SELECT f.path FROM temp_file f JOIN task t ON t.id = f.task WHERE t.batch = ?1 AND f.task BETWEEN ?2 AND ?3 ORDER BY f.task, f.path
        """;
}
