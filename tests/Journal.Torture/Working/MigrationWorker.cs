using Journal.Postgres.Opening;
using Journal.Sqlite.Opening;
using Journal.Storage;
using Npgsql;

namespace Journal.Torture.Working;

/// <summary>A process that opens a journal with a later module, and so migrates it.</summary>
internal static class MigrationWorker
{
    public const string Verb = "migrate";

    /// <summary>What it says before it touches the journal.</summary>
    public const string Begins = "begins";

    public static int Run(string location)
    {
        var options = new StoreOptions(location, StoreAccess.Write);
        Console.WriteLine(Begins);
        try
        {
            if (location.Contains("://", StringComparison.Ordinal)) MigrateServer(options);
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
        var address = ServerAddress.Parse(options.Location);
        using var connection = new Connections(address, options).OpenWriter();
        Journal.Postgres.Opening.Schema.Prepare(connection, address, options.Access, LaterSchemas.Postgres);
    }
}
