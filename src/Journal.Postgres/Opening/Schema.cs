using System.Reflection;
using Journal.Postgres.Engine;
using Journal.Storage;
using Npgsql;

namespace Journal.Postgres.Opening;

/// <summary>The schema as numbered migrations (Migrations/0001_….sql), embedded in the assembly, each noted in the table "migration".</summary>
internal static class Schema
{
    // "Jrnl": one opener at a time looks for what is missing and adds it.
    private const long MigrationLock = 0x4A726E6C;

    private const string HasSchema = "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1), EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)))";

    private const string HasMigrations = "SELECT to_regclass(quote_ident($1) || '.migration') IS NOT NULL";

    /// <summary>This assembly's own migrations, the oldest first.</summary>
    public static SortedDictionary<long, string> Migrations { get; } = MigrationScripts.In(Assembly.GetExecutingAssembly());

    /// <summary>The newest schema this assembly knows.</summary>
    public static long Newest { get; } = Migrations.Keys.Last();

    /// <summary>Finds, and where asked for makes, a journal that this assembly can use.</summary>
    /// <returns>What tells the journal's advisory locks from another one's in the same database.</returns>
    /// <exception cref="JournalException">JournalNotFound, NotAJournal, JournalTooNew, JournalAccessDenied, UnsupportedJournal.</exception>
    public static long Prepare(NpgsqlConnection connection, Connections connections, StoreAccess access) => Prepare(connection, connections, access, Migrations);

    /// <summary>The same with other migrations than this assembly's own.</summary>
    public static long Prepare(NpgsqlConnection connection, Connections connections, StoreAccess access, SortedDictionary<long, string> migrations)
    {
        var address = connections.Address;
        var newest = migrations.Keys.Last();
        var version = VersionOf(connection, connections);
        if (version is null && access != StoreAccess.Create) throw JournalErrors.JournalNotFound(address.Shown);
        if (version > newest) throw JournalErrors.JournalTooNew(address.Shown, version.Value, newest);
        if (version is null || version < newest)
        {
            if (access == StoreAccess.Read) throw JournalErrors.JournalAccessDenied(address.Shown, $"it has the old schema {version} and must be migrated, which needs write access.");
            Migrate(connection, connections, migrations);
        }

        long space = 0;
        new Pipeline(connection).Add(new Command("SELECT oid::bigint FROM pg_namespace WHERE nspname = $1").With(address.Schema), row => space = row.Integer(0)).Send();
        return space;
    }

    // Null where there is no journal.
    private static long? VersionOf(NpgsqlConnection connection, Connections connections)
    {
        var address = connections.Address;
        var pipeline = new Pipeline(connection);
        bool hasTables = false, hasMigrations = false;
        pipeline
            .Add(new Command("BEGIN READ ONLY"))
            .Add(connections.ReadSettings(), static _ => { })
            .Add(new Command(HasSchema).With(address.Schema), row => hasTables = row.Flag(1))
            .Add(new Command(HasMigrations).With(address.Schema), row => hasMigrations = row.Flag(0))
            .Send();
        if (!hasMigrations)
        {
            pipeline.Add(new Command("COMMIT")).Send();
            return hasTables ? throw JournalErrors.NotAJournal(address.Shown, $"its schema '{address.Schema}' holds other tables") : null;
        }

        long version = 0;
        var schema = "";
        // The settings of the transaction are still in force, a trip later.
        pipeline.Add(new Command($"SELECT COALESCE(MAX(number), 0), COALESCE(current_schema(), '') FROM {address.QuotedSchema}.migration"), row => (version, schema) = (row.Integer(0), row.Text(1))).Add(new Command("COMMIT")).Send();
        return schema == address.Schema ? version
            : throw JournalErrors.UnsupportedJournal(address.Shown, $"statements find their tables in schema '{schema}' and not in '{address.Schema}': something between here and the server does not keep a transaction together.");
    }

    // All in one transaction: another opener that waits for the lock finds all of it, or nothing.
    private static void Migrate(NpgsqlConnection connection, Connections connections, SortedDictionary<long, string> migrations)
    {
        var address = connections.Address;
        using var transaction = connection.BeginTransaction();
        var pipeline = new Pipeline(connection) { Patience = 0 };
        pipeline.Add(connections.WriteSettings(), static _ => { });
        pipeline.Add(new Command("SELECT pg_advisory_xact_lock($1)").With(MigrationLock), static _ => { });
        var exists = false;
        pipeline.Add(new Command(HasSchema).With(address.Schema), row => exists = row.Flag(0));
        pipeline.Send();
        // An owner without the right to create schemas uses one that was made for it.
        if (!exists) pipeline.Add(new Command($"CREATE SCHEMA {address.QuotedSchema}")).Send();
        pipeline.Add(new Command($"CREATE TABLE IF NOT EXISTS {address.QuotedSchema}.migration (number bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())")).Send();
        long version = 0;
        pipeline.Add(new Command("SELECT COALESCE(MAX(number), 0) FROM migration"), row => version = row.Integer(0)).Send();
        foreach (var (number, script) in migrations.Where(migration => migration.Key > version))
        {
            using (var command = new NpgsqlCommand(script, connection, transaction) { CommandTimeout = 0 }) command.ExecuteNonQuery();
            pipeline.Add(new Command("INSERT INTO migration (number) VALUES ($1)").With(number)).Send();
        }

        transaction.Commit();
    }
}
