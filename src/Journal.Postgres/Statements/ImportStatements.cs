namespace Journal.Postgres.Statements;

/// <summary>Tasks as they stood in another journal.</summary>
internal static class ImportStatements
{
    /// <summary>Parameters: 1 batch, then columns. Ids are given in the order of the input.</summary>
    public const string Tasks = """
        INSERT INTO task (
            batch, status, stage, priority, weight, attempts, crashes, token, not_before, worker, error_category, created_at, updated_at, started_at, ended_at,
            duration, quota, quota_project, key, key_digest, input_kind, error_message, signature, source_type, target_id, outputs, metadata, input,
            limit_key, limit_digest, cost, postponed)
        SELECT
            $1, m.status, m.stage, m.priority, m.weight, m.attempts, m.crashes, m.token, m.not_before, m.worker, m.error_category, m.created_at, m.updated_at,
            m.started_at, m.ended_at, m.duration, m.quota, m.quota_project, m.key, m.key_digest, m.input_kind, m.error_message, m.signature, m.source_type,
            m.target_id, m.outputs, m.metadata, m.input, m.limit_key, m.limit_digest, m.cost, m.postponed
        FROM unnest(
            $2::int[], $3::int[], $4::int[], $5::float8[], $6::int[], $7::int[], $8::bigint[], $9::bigint[], $10::bigint[], $11::int[], $12::bigint[], $13::bigint[],
            $14::bigint[], $15::bigint[], $16::bigint[], $17::float8[], $18::text[], $19::text[], $20::uuid[], $21::int[], $22::text[], $23::text[], $24::text[],
            $25::text[], $26::text[], $27::text[], $28::text[], $29::text[], $30::uuid[], $31::float8[], $32::int[]) WITH ORDINALITY
            AS m(status, stage, priority, weight, attempts, crashes, token, not_before, worker, error_category, created_at, updated_at, started_at, ended_at,
                duration, quota, quota_project, key, key_digest, input_kind, error_message, signature, source_type, target_id, outputs, metadata, input,
                limit_key, limit_digest, cost, postponed, place)
        WHERE NOT EXISTS (SELECT 1 FROM task t WHERE t.batch = $1 AND t.key_digest = m.key_digest)
        ORDER BY m.place
        RETURNING id, key_digest
        """;
}
