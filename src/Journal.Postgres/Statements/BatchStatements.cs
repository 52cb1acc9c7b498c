namespace Journal.Postgres.Statements;

/// <summary>Batches: reading them, locking them, and the one statement that writes where one stands.</summary>
internal static class BatchStatements
{
    /// <summary>In the order that StoredBatch reads.</summary>
    public const string Columns = """
        no, id, name, status, pause_reason, paused_until, input_source, source_type, key_expression, stages, settings, metadata, options,
        pending, in_progress, completed, failed, skipped, canceled, quota_consumed, created_at, started_at, last_resumed_at, ended_at,
        hold_until, hold_reason, quota_before, quota_since, quota_charges, quota_use
        """;

    /// <summary>The number and revision, then what StoredBatch reads where a batch stands; AfterStanding is the column that follows.</summary>
    public const string Standing = """
        no, revision, status, pause_reason, paused_until, pending, in_progress, completed, failed, skipped, canceled,
        quota_consumed, active_time, started_at, last_resumed_at, ended_at, pace_at, pace_spent, hold_until, hold_reason,
        quota_before, quota_since, quota_charges, quota_use
        """;

    public const int StandingColumn = 2;

    public const int AfterStanding = StandingColumn + StoredBatch.StandingColumns;

    public const string NumberOfId = "SELECT no FROM batch WHERE id = $1";

    public const string StandingOf = $"SELECT {Standing} FROM batch WHERE no = ANY($1) ORDER BY no";

    /// <summary>The last locks of a transaction, in the order of the batches. With them comes the transaction's number, by which its fate can be asked.</summary>
    public const string LockStanding = $"SELECT {Standing}, pg_current_xact_id()::text::bigint FROM batch WHERE no = ANY($1) ORDER BY no FOR NO KEY UPDATE";

    public const string ById = $"SELECT {Columns} FROM batch WHERE id = $1";

    public const string Facts = "SELECT no, revision, id, stages, source_type, options FROM batch WHERE no = ANY($1)";

    public const string FactsById = "SELECT no, revision, id, stages, source_type, options FROM batch WHERE id = ANY($1) ORDER BY no";

    public const string AllFacts = "SELECT no, revision, id, stages, source_type, options FROM batch ORDER BY no";

    public const string Insert = """
        INSERT INTO batch (id, name, input_source, source_type, key_expression, stages, stage_count, settings, metadata, options, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (id) DO NOTHING
        RETURNING no
        """;

    public const string WriteStanding = """
        UPDATE batch SET
            status = $2, pause_reason = $3, paused_until = $4, pending = $5, in_progress = $6, completed = $7, failed = $8, skipped = $9,
            canceled = $10, quota_consumed = $11, active_time = $12, started_at = $13, last_resumed_at = $14, ended_at = $15, updated_at = $16,
            pace_at = $17, pace_spent = $18, hold_until = $19, hold_reason = $20,
            quota_before = $21, quota_since = $22, quota_charges = $23, quota_use = $24
        WHERE no = $1
        """;

    public const string Amend = """
        UPDATE batch SET
            options = COALESCE($2, options), settings = COALESCE($3, settings), metadata = COALESCE($4, metadata),
            input_source = COALESCE($5, input_source), source_type = COALESCE($6, source_type), key_expression = COALESCE($7, key_expression),
            revision = revision + 1
        WHERE no = $1
        """;

    public const string LockMetadata = "SELECT metadata FROM batch WHERE no = $1 FOR NO KEY UPDATE";

    public const string Totals = """
        SELECT COUNT(*), COALESCE(SUM(pending), 0)::bigint, COALESCE(SUM(in_progress), 0)::bigint, COALESCE(SUM(completed), 0)::bigint,
            COALESCE(SUM(failed), 0)::bigint, COALESCE(SUM(skipped), 0)::bigint, COALESCE(SUM(canceled), 0)::bigint
        FROM batch
        """;

    public const string ChargeQuota = """
        INSERT INTO quota (batch, project, project_digest, consumed) SELECT * FROM unnest($1::bigint[], $2::text[], $3::uuid[], $4::float8[])
        ON CONFLICT (batch, project_digest) DO UPDATE SET consumed = quota.consumed + excluded.consumed
        """;

    public const string QuotaByProject = "SELECT project, consumed FROM quota WHERE batch = $1 ORDER BY project";

    public const string ActiveTime = "SELECT active_time FROM batch WHERE no = $1";

    /// <summary>Locks out whoever moves, pauses or removes the batch at the same time; workers share it among themselves.</summary>
    public const string Share = "SELECT pg_advisory_xact_lock_shared($1)";

    /// <summary>Waits until no worker is in the middle of a transaction on the batch, and lets none begin.</summary>
    public const string Reserve = "SELECT pg_advisory_xact_lock($1)";

    /// <summary>What is deleted with a batch, children first.</summary>
    public static readonly IReadOnlyList<string> Removal =
    [
        "DELETE FROM result WHERE task IN (SELECT id FROM task WHERE batch = $1)",
        "DELETE FROM temp_file WHERE task IN (SELECT id FROM task WHERE batch = $1)",
        "DELETE FROM attempt WHERE task IN (SELECT id FROM task WHERE batch = $1)",
        "DELETE FROM event WHERE batch = $1",
        "DELETE FROM task WHERE batch = $1",
        "DELETE FROM quota WHERE batch = $1",
        "DELETE FROM checkpoint WHERE batch = $1",
        "DELETE FROM pace WHERE batch = $1",
        "DELETE FROM batch WHERE no = $1",
    ];

    public const string TempFiles = """
        SELECT f.path FROM temp_file f JOIN task t ON t.id = f.task WHERE t.batch = $1 AND f.is_there ORDER BY f.task, f.path
        """;
}
