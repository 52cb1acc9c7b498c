using Journal.Postgres;
using Journal.Postgres.Opening;
using Journal.Sqlite;
using Journal.Sqlite.Opening;
using Journal.Storage;
using Npgsql;

namespace Journal.Torture.Working;

/// <summary>A process that opens a journal with this module or a later one, and so migrates it.</summary>
internal static class MigrationWorker
{
    /// <summary>Opens it with a module that is to come.</summary>
    public const string Later = "migrate-later";

    /// <summary>Opens it with this one.</summary>
    public const string Today = "migrate-today";

    /// <summary>What it says before it touches the journal.</summary>
    public const string Begins = "begins";

    public static int Run(string verb, string location)
    {
        var options = new StoreOptions(location, StoreAccess.Write);
        var isOnServer = location.Contains("://", StringComparison.Ordinal);
        Console.WriteLine(Begins);
        try
        {
            if (verb == Today) (isOnServer ? (IJournalStoreFactory)new PostgresStoreFactory() : new SqliteStoreFactory()).Open(options).Dispose();
            else if (isOnServer) MigrateServer(options);
            else JournalFile.Prepare(options, LaterSchemas.Sqlite);
            return 0;
        }
        catch (Exception e) when (e is JournalException or NpgsqlException)
        {
            Console.Error.WriteLine(e.Message);
            return WorkerProgram.JournalError;
        }
    }

    private static void MigrateServer(StoreOptions options)
    {
        var connections = new Connections(ServerAddress.Parse(options.Location), options);
        using var connection = connections.Open();
        Journal.Postgres.Opening.Schema.Prepare(connection, connections, options.Access, LaterSchemas.Postgres);
    }
}
