namespace Journal.Sqlite.Statements;

/// <summary>Checkpoints.</summary>
internal static class CheckpointStatements
{
    /// <summary>Stands for the journal itself where a batch's number is asked for.</summary>
    public const long OfJournal = 0;

    public const string Find = "SELECT name, json, updated_at FROM checkpoint WHERE batch = ?1 AND name = ?2";

    public const string All = "SELECT name, json, updated_at FROM checkpoint WHERE batch = ?1 ORDER BY name";

    public const string Set = "INSERT OR REPLACE INTO checkpoint (batch, name, json, updated_at) VALUES (?1, ?2, ?3, ?4)";

    public const string Clear = "DELETE FROM checkpoint WHERE batch = ?1 AND name = ?2";
}
