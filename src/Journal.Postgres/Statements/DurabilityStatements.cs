namespace Journal.Postgres.Statements;

/// <summary>What a commit promises.</summary>
internal static class DurabilityStatements
{
    /// <summary>
    /// In a transaction that gives out a number which somebody remembers: its commit is on the disk when it is answered, whatever the session's others
    /// promise. Else a server that crashes would forget it and give the same number to somebody else.
    /// </summary>
    public const string Durably = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";
}
