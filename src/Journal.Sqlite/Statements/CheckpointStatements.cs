namespace Journal.Sqlite.Statements;

/// <summary>Checkpoints; batch number 0 is the journal itself.</summary>
internal static class CheckpointStatements
{
    public const string Find = "SELECT name, json, updated_at FROM checkpoint WHERE batch = ?1 AND name = ?2";

    public const string All = "SELECT name, json, updated_at FROM checkpoint WHERE batch = ?1 ORDER BY name";

    public const string Set = "INSERT OR REPLACE INTO checkpoint (batch, name, json, updated_at) VALUES (?1, ?2, ?3, ?4)";

    public const string Clear = "DELETE FROM checkpoint WHERE batch = ?1 AND name = ?2";
}
