using Journal.Postgres.Engine;
using Journal.Postgres.Opening;
using Journal.Storage;

namespace Journal.Postgres;

/// <summary>Opens journals that are kept by a PostgreSQL server.</summary>
public sealed class PostgresStoreFactory : IJournalStoreFactory
{
    /// <inheritdoc/>
    public IJournalStore Open(StoreOptions options)
    {
        var address = ServerAddress.Parse(options.Location);
        var connections = new Connections(address, options);
        try
        {
            return Open(connections, options);
        }
        catch (Exception e) when (EngineFailures.IsConnection(e))
        {
            // A connection of the pool may be older than the server is up; a new one tells.
            connections.Forget();
        }
        catch (Exception e) when (EngineFailures.IsEngine(e))
        {
            throw EngineFailures.From(e, address.Shown, options.LockTimeout);
        }

        try
        {
            return Open(connections, options);
        }
        catch (Exception e) when (EngineFailures.IsEngine(e))
        {
            throw EngineFailures.From(e, address.Shown, options.LockTimeout);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Repair(StoreOptions options, string asidePath, bool force = false) =>
        throw JournalErrors.UnsupportedJournal(JournalLocation.WithoutPassword(options.Location), "a damaged database is repaired by its server's own tools, or restored from its backup.");

    /// <inheritdoc/>
    public void Restore(StoreOptions options, string backup, string asidePath, bool force = false) =>
        throw JournalErrors.UnsupportedJournal(JournalLocation.WithoutPassword(options.Location), "only a journal that is a file can be restored from one.");

    /// <inheritdoc/>
    public string? Identify(string path) => null;

    private static PostgresJournalStore Open(Connections connections, StoreOptions options)
    {
        var clock = new ServerClock(options.Time == TimeProvider.System ? null : options.Time);
        using var connection = ServerCheck.Open(connections, options.Access, clock);
        var store = new PostgresJournalStore(options, connections, clock, Schema.Prepare(connection, connections, options.Access));
        connections.Address.Remember();
        return store;
    }
}
