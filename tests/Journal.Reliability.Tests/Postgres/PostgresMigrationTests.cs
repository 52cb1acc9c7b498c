using Journal.Postgres;
using Journal.Postgres.Opening;
using Journal.Reliability.Tests.Damage;
using Journal.Reliability.Tests.Migration;
using Journal.Storage;
using Journal.Testing;
using Journal.Torture.Checking;
using Journal.Torture.Working;

namespace Journal.Reliability.Tests.Postgres;

/// <summary>On a server a migration is one transaction: it happened or it did not, whoever ends in its middle.</summary>
public sealed class PostgresMigrationTests
{
    private const int Cuts = 8;
    private const int Meetings = 3;

    private static readonly long Later = LaterSchemas.Postgres.Keys.Last();

    private readonly PostgresServer _server = PostgresServer.Binaries is null ? null! : PostgresServer.Shared;

    [PostgresFact]
    public void A_migration_whose_process_is_killed_happened_or_did_not() => CutOff(static (process, _, after) => process.KillAfter(after));

    [PostgresFact]
    public void A_migration_whose_connection_is_ended_happened_or_did_not() => CutOff((process, schema, after) =>
    {
        if (process.HasEndedAfter(after)) return;
        _server.Sql($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{schema}'");
    });

    [PostgresFact]
    public void Several_that_migrate_at_once_make_one_migration()
    {
        for (var meeting = 0; meeting < Meetings; meeting++)
        {
            InOldJournal(schema =>
            {
                var processes = Enumerable.Range(0, 3).Select(_ => MigratingProcess.Start(Address(schema))).ToList();
                // One of them, which may be the one that the others wait for.
                processes[meeting].KillAfter(TimeSpan.FromMilliseconds(150 * meeting));
                foreach (var process in processes)
                {
                    if (process != processes[meeting]) process.WaitForSuccess();
                    process.Dispose();
                }

                Assert.Equal(Later, Sound(schema));
            });
        }
    }

    private void CutOff(Action<MigratingProcess, string, TimeSpan> cut)
    {
        var whole = TimeSpan.Zero;
        InOldJournal(schema => whole = Migrated(schema));
        var versions = new HashSet<long>();
        for (var i = 0; i < Cuts; i++)
        {
            InOldJournal(schema =>
            {
                using (var process = MigratingProcess.Start(Address(schema))) cut(process, schema, whole * i / (Cuts - 2));
                versions.Add(Sound(schema));
                Migrated(schema);
                Assert.Equal(Later, Sound(schema));
            });
        }

        Assert.Contains(Schema.Newest, versions);
    }

    private string Address(string schema) => _server.Address(schema) + "&application_name=" + schema;

    private TimeSpan Migrated(string schema)
    {
        using var process = MigratingProcess.Start(Address(schema));
        return process.WaitForSuccess();
    }

    private long Sound(string schema)
    {
        using var database = new RawServer(_server.ConnectionText, schema);
        var version = database.Numbers("SELECT MAX(number) FROM migration").Single()[0];
        var isNew = version == Schema.Newest ? 0 : 1;
        Assert.Contains(version, new[] { Schema.Newest, Later });
        Assert.Equal(version, database.Numbers("SELECT COUNT(*) FROM migration").Single()[0]);
        Assert.Equal(isNew, database.Numbers("SELECT to_regclass('later_key') IS NOT NULL").Single()[0]);
        Assert.Equal(isNew, database.Numbers($"SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = 'task' AND column_name = 'colour'").Single()[0]);
        Assert.Equal(550, database.Numbers("SELECT COUNT(*) FROM task").Single()[0]);
        return version;
    }

    private void InOldJournal(Action<string> use)
    {
        var schema = $"migration_{Guid.NewGuid():n}";
        using (var store = new PostgresStoreFactory().Open(new StoreOptions(_server.Address(schema), StoreAccess.Create))) SampleJournal.Fill(store);
        try
        {
            use(schema);
        }
        finally
        {
            _server.Sql($"DROP SCHEMA {schema} CASCADE");
        }
    }
}
