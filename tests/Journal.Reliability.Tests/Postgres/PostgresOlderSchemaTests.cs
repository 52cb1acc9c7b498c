using Journal.Postgres;
using Journal.Postgres.Opening;
using Journal.Reliability.Tests.Damage;
using Journal.Reliability.Tests.Migration;
using Journal.Storage;
using Journal.Testing;
using Journal.Torture;
using Journal.Torture.Checking;
using Journal.Torture.Working;

namespace Journal.Reliability.Tests.Postgres;

/// <summary>The same on a server: a journal of each schema that there was is that schema entire until it is today's entire, whoever is killed.</summary>
public sealed class PostgresOlderSchemaTests
{
    private const int Kills = 6;
    private const int Tasks = 5_000;

    private readonly Dictionary<long, List<string>> _objects = [];
    private readonly PostgresServer _server = PostgresServer.Binaries is null ? null! : PostgresServer.Shared;

    public static TheoryData<long> Older => [.. Schema.Migrations.Keys.Where(static version => version < Schema.Newest)];

    [PostgresTheory]
    [MemberData(nameof(Older))]
    public void A_journal_of_an_older_schema_survives_the_death_of_whoever_migrates_it(long version)
    {
        var whole = TimeSpan.Zero;
        InOldJournal(version, (schema, _) => whole = Migrated(schema));
        var dice = new Random((int)version);
        for (var kill = 0; kill < Kills; kill++)
        {
            InOldJournal(version, (schema, story) =>
            {
                IsWhole(schema, version, story);
                using (var process = MigratingProcess.Start(Address(schema), MigrationWorker.Today)) process.KillAfter(whole * dice.NextDouble());

                Assert.Contains(IsWhole(schema, null, story), new[] { version, Schema.Newest });

                Migrated(schema);
                IsWhole(schema, Schema.Newest, story);
                WorkGoesOn(schema);
            });
        }
    }

    // However quick a migration is: what it has done is not committed when its process is killed, for what it notes last it has to wait for.
    [PostgresTheory]
    [MemberData(nameof(Older))]
    public void A_migration_that_has_done_all_but_commit_has_done_nothing(long version) => InOldJournal(version, (schema, story) =>
    {
        using (var process = MigratingProcess.Start(Address(schema), MigrationWorker.Today))
        {
            using var other = new RawServer(_server.ConnectionText, schema);
            other.Rows("LOCK TABLE migration IN SHARE MODE");
            while (other.Numbers("SELECT COUNT(*) FROM pg_locks WHERE relation = 'migration'::regclass AND NOT granted").Single()[0] == 0) Assert.False(process.HasEndedAfter(TimeSpan.FromMilliseconds(1)));
            process.KillAfter(TimeSpan.Zero);
        }

        IsWhole(schema, version, story);
        Migrated(schema);
        IsWhole(schema, Schema.Newest, story);
        WorkGoesOn(schema);
    });

    private string Address(string schema) => _server.Address(schema);

    private TimeSpan Migrated(string schema)
    {
        using var process = MigratingProcess.Start(Address(schema), MigrationWorker.Today);
        return process.WaitForSuccess();
    }

    // Its tables and indexes are those of the schema that it says it has, and it tells the whole story.
    private long IsWhole(string schema, long? version, string story)
    {
        using var database = new RawServer(_server.ConnectionText, schema);
        var found = database.Numbers("SELECT MAX(number) FROM migration").Single()[0];
        if (version is not null) Assert.Equal(version, found);
        Assert.Equal(found, database.Numbers("SELECT COUNT(*) FROM migration").Single()[0]);
        Assert.Equal(ObjectsOf(found), Objects(database, schema));
        Assert.True(OlderJournal.Story(database) == story, "Rows are missing, or others than they were.");
        Assert.Empty(JournalChecker.Check(database, new Tally()));
        return found;
    }

    private List<string> ObjectsOf(long version)
    {
        if (_objects.TryGetValue(version, out var known)) return known;
        var pure = $"pure_{Guid.NewGuid():n}";
        OlderJournal.MakeSchema(_server, pure, version, 0);
        try
        {
            using var database = new RawServer(_server.ConnectionText, pure);
            return _objects[version] = Objects(database, pure);
        }
        finally
        {
            _server.Sql($"DROP SCHEMA {pure} CASCADE");
        }
    }

    private static List<string> Objects(RawServer database, string schema) => database.Rows($"""
        SELECT replace(indexdef, '{schema}', '') FROM pg_indexes WHERE schemaname = '{schema}'
        UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, replace(column_default, '{schema}', '')) FROM information_schema.columns WHERE table_schema = '{schema}'
        UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = '{schema}'::regnamespace
        ORDER BY 1
        """).ConvertAll(static row => (string)row[0]!);

    private void WorkGoesOn(string schema)
    {
        using var store = new PostgresStoreFactory().Open(new StoreOptions(Address(schema), StoreAccess.Write));
        Assert.Empty(store.Check());
        // A backup would be a file.
        foreach (var (member, call) in StoreOperations.All) if (member != nameof(IJournalStore.BackUp)) call(store);
        Assert.Empty(store.Check());
    }

    private void InOldJournal(long version, Action<string, string> use)
    {
        var schema = $"older_{Guid.NewGuid():n}";
        OlderJournal.MakeSchema(_server, schema, version, Tasks);
        try
        {
            string story;
            using (var database = new RawServer(_server.ConnectionText, schema)) story = OlderJournal.Story(database);
            use(schema, story);
        }
        finally
        {
            _server.Sql($"DROP SCHEMA {schema} CASCADE");
        }
    }
}
