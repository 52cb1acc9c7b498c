namespace Journal.Postgres.Statements;

/// <summary>Tasks: adding, claiming, amending, and what belongs to a single one. Moves have a file of their own.</summary>
internal static class TaskStatements
{
    /// <summary>In the order that StoredTask reads.</summary>
    public const string Columns = """
        t.id, t.batch, t.key, t.status, t.stage, t.priority, t.weight, t.attempts, t.crashes, t.token, t.not_before, t.lease_until, t.error_category,
        t.created_at, t.updated_at, t.started_at, t.ended_at, t.duration, t.quota, t.quota_project, t.progress, t.progress_text, t.input_kind,
        t.signature, t.source_type, t.metadata, t.error_message, t.target_id, t.outputs, t.input, t.limit_key, t.cost, t.postponed
        """;

    /// <summary>The same without what is only looked at: for counting and grouping.</summary>
    public const string LightColumns = """
        t.id, t.batch, t.key, t.status, t.stage, t.priority, t.weight, t.attempts, t.crashes, t.token, t.not_before, t.lease_until, t.error_category,
        t.created_at, t.updated_at, t.started_at, t.ended_at, t.duration, t.quota, t.quota_project, t.progress, NULL::text, t.input_kind,
        t.signature, t.source_type, t.metadata, NULL::text, t.target_id, NULL::text, NULL::text, t.limit_key, t.cost, t.postponed
        """;

    /// <summary>What the index of keys holds.</summary>
    public const string IndexedKey = "left(t.key, 100)";

    public const string FirstKeyFrom = $"SELECT {IndexedKey} FROM task t WHERE t.batch = $1 AND {IndexedKey} >= $2 ORDER BY {IndexedKey} LIMIT 1";

    public const string ById = $"SELECT {Columns}, w.name FROM task t LEFT JOIN worker w ON w.no = t.worker WHERE t.id = $1";

    public const string BatchesOfTasks = "SELECT DISTINCT batch FROM task WHERE id = ANY($1)";

    // Adding -----------------------------------------------------------------------------------------------------

    /// <summary>Parameters: 1 batch, 2 now, then columns. Ids are given in the order of the input.</summary>
    public const string Insert = """
        INSERT INTO task (batch, created_at, updated_at, key, key_digest, priority, weight, input_kind, source_type, metadata, input, limit_key, limit_digest, cost, not_before)
        SELECT $1, $2, $2, m.key, m.key_digest, m.priority, m.weight, m.input_kind, m.source_type, m.metadata, m.input, m.limit_key, m.limit_digest, m.cost, m.not_before
        FROM unnest($3::text[], $4::uuid[], $5::int[], $6::float8[], $7::int[], $8::text[], $9::text[], $10::text[], $11::text[], $12::uuid[], $13::float8[], $14::bigint[]) WITH ORDINALITY
            AS m(key, key_digest, priority, weight, input_kind, source_type, metadata, input, limit_key, limit_digest, cost, not_before, place)
        WHERE NOT EXISTS (SELECT 1 FROM task t WHERE t.batch = $1 AND t.key_digest = m.key_digest)
        ORDER BY m.place
        RETURNING key_digest
        """;

    public const string InputsOfKeys = """
        SELECT id, key_digest, status, stage, input_kind, COALESCE(input, key), metadata, limit_digest FROM task WHERE batch = $1 AND key_digest = ANY($2)
        """;

    /// <summary>Tasks take other inputs, with what is said with them, unless somebody has claimed them meanwhile. Parameters: 1 now, then columns.</summary>
    public const string Mend = """
        WITH held AS (SELECT id FROM task WHERE id = ANY($2) AND status IN (0, 3) ORDER BY id FOR UPDATE)
        UPDATE task t SET input_kind = m.input_kind, input = m.input, priority = m.priority, weight = m.weight, source_type = m.source_type,
            metadata = COALESCE(m.metadata, t.metadata), updated_at = $1, limit_key = m.limit_key, limit_digest = m.limit_digest, cost = m.cost
        FROM held, unnest($2::bigint[], $3::int[], $4::text[], $5::int[], $6::float8[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::float8[])
            AS m(id, input_kind, input, priority, weight, source_type, metadata, limit_key, limit_digest, cost)
        WHERE t.id = held.id AND t.id = m.id
        RETURNING t.id, t.status, t.stage
        """;

    // Claiming ---------------------------------------------------------------------------------------------------

    /// <summary>Makes those ready whose time has come. Normally it touches nothing, so that a thousand tasks in backoff cost a claim nothing.</summary>
    public const string PromoteDue = """
        UPDATE task SET not_before = 0 WHERE id IN (
            SELECT id FROM task WHERE batch = $1 AND status = 0 AND not_before > 0 AND not_before <= $2 FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>Finishing what was begun comes first: a later stage before an earlier one; then by priority; then in the order of adding.</summary>
    public const string Ready = """
        SELECT id, crashes, stage, cost, limit_digest FROM task WHERE batch = $1 AND status = 0 AND not_before = 0
        ORDER BY stage DESC, priority DESC, id LIMIT $2 FOR UPDATE SKIP LOCKED
        """;

    public const string ReadyInStage = """
        SELECT id, crashes, stage, cost, limit_digest FROM task WHERE batch = $1 AND status = 0 AND not_before = 0 AND stage = $3
        ORDER BY priority DESC, id LIMIT $2 FOR UPDATE SKIP LOCKED
        """;

    public const string ReadyNamed = """
        SELECT id, crashes, stage, cost, limit_digest FROM task WHERE id = ANY($2) AND batch = $1 AND status = 0 AND not_before = 0 AND ($3::int IS NULL OR stage = $3)
        ORDER BY id FOR UPDATE SKIP LOCKED
        """;

    public const string Claim = $"""
        UPDATE task t SET
            status = 1, attempts = attempts + 1, token = token + 1, worker = $2, claimed_at = $3, lease_until = $4,
            started_at = COALESCE(started_at, $3), updated_at = $3
        WHERE id = ANY($1) AND status = 0
        RETURNING {Columns}
        """;

    /// <summary>When the next task is due, and whether some are ready that this transaction did not get; with where the batch stands, all on one snapshot.</summary>
    public const string Outlook = $"""
        SELECT {BatchStatements.Standing},
            (SELECT MIN(not_before) FROM task WHERE batch = $1 AND status = 0 AND not_before > 0 AND not_before < $4),
            EXISTS (SELECT 1 FROM task WHERE batch = $1 AND status = 0 AND not_before = 0 AND ($2::int IS NULL OR stage = $2) AND NOT id = ANY($3))
        FROM batch WHERE no = $1
        """;

    /// <summary>In the order of ids, as every statement that locks several tasks.</summary>
    public const string Renew = """
        WITH held AS (SELECT id FROM task WHERE batch = $1 AND status = 1 AND worker = $2 ORDER BY id FOR UPDATE)
        UPDATE task t SET lease_until = $3 FROM held WHERE t.id = held.id
        """;

    // One task ---------------------------------------------------------------------------------------------------

    public const string LockStanding = "SELECT status, token, stage, metadata, limit_digest, not_before FROM task WHERE id = $1 FOR UPDATE";

    public const string Amend = """
        UPDATE task SET
            lease_until = CASE WHEN status = 1 THEN COALESCE($2, lease_until) END,
            stage = COALESCE($3, stage), priority = COALESCE($4, priority), weight = COALESCE($5, weight), metadata = COALESCE($6, metadata),
            progress = COALESCE($7, progress), progress_text = COALESCE($8, progress_text), updated_at = COALESCE($9, updated_at),
            not_before = COALESCE($10, not_before)
        WHERE id = $1
        """;

    public const string AddTempFile = """
        INSERT INTO temp_file (task, path, path_digest) SELECT id, $2, $3 FROM task WHERE id = $1
        ON CONFLICT (task, path_digest) DO UPDATE SET is_there = true
        """;

    public const string TempFiles = "SELECT path FROM temp_file WHERE task = $1 AND is_there ORDER BY path";

    public const string ClearTempFiles = "UPDATE temp_file SET is_there = false WHERE task = $1 AND is_there";
}
