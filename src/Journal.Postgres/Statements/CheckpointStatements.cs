namespace Journal.Postgres.Statements;

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
