using System.IO.Compression;
using Journal.Reliability.Tests.Damage;
using Journal.Sqlite;
using Journal.Sqlite.Opening;
using Journal.Storage;
using Journal.Torture;
using Journal.Torture.Checking;
using Journal.Torture.Working;

namespace Journal.Reliability.Tests.Migration;

/// <summary>
/// A journal of each schema that there was, opened by today's module in a process that is killed: until the migration is done it is that schema
/// entire, from then on today's entire, and never without a copy aside; whoever opens it next finds every row, and works on with it.
/// </summary>
public sealed class OlderSchemaTests : IDisposable
{
    private const int Kills = 10;

    // Where the machine gives a migration its time at once, ten kills can all come too early or too late.
    private const int MostKills = 40;

    // So many that copying them aside and migrating them takes long enough to be met by a kill.
    private const int Tasks = 25_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-older-").FullName;

    public static TheoryData<long> Older => [.. Schema.Migrations.Keys.Where(static version => version < Schema.Newest)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Older))]
    public void A_journal_of_an_older_schema_survives_the_death_of_whoever_migrates_it(long version)
    {
        var old = Path.Combine(_folder, "old.db");
        OlderJournal.MakeFile(old, version, Tasks);
        string story;
        using (var database = new RawFile(old)) story = OlderJournal.Story(database);
        IsWhole(old, version, story);
        Assert.Empty(JournalChecker.Check(old, new Tally()));
        var whole = Migrated(Copy(old, "whole"));
        var dice = new Random((int)version);
        var cutOff = 0;
        for (var kill = 0; kill < Kills || (cutOff == 0 && kill < MostKills); kill++)
        {
            var path = Copy(old, $"kill{kill}");
            var aside = FormattableString.Invariant($"{path}.schema-{version}");
            using (var process = MigratingProcess.Start(path, MigrationWorker.Today))
            {
                // At any moment; every second time at one after the copy is there, when the journal itself is being changed; past the ten as soon as the copy is begun.
                var moment = whole * dice.NextDouble();
                if (kill % 2 == 1 || kill >= Kills)
                {
                    process.WaitFor(() => kill < Kills ? File.Exists(aside) : HasBegun(aside));
                    moment = kill < Kills ? whole * dice.NextDouble() / 5 : TimeSpan.Zero;
                }

                process.KillAfter(moment);
            }

            // A look at a copy, so that the log that the dead left is for the next opener to deal with.
            var look = Copy(path, $"look{kill}");
            var found = VersionOf(look);
            Assert.Contains(found, new[] { version, Schema.Newest });
            IsWhole(look, found, story);
            if (File.Exists(aside)) IsWhole(Copy(aside, $"aside{kill}"), version, story);
            else Assert.False(new FileInfo(path + "-wal") is { Exists: true, Length: > 0 }, "Something was written before there was a copy.");
            if (HasBegun(aside) && found == version) cutOff++;

            Migrated(path);

            IsWhole(aside, version, story);
            IsWhole(path, Schema.Newest, story);
            Assert.Empty(JournalChecker.Check(path, new Tally()));
            WorkGoesOn(path);
        }

        // Some of the kills met a migration that had begun and had not ended; else nothing was proven.
        Assert.True(cutOff > 0);
    }

    [Fact]
    public void A_journal_that_version_0_2_0_wrote_is_used_as_it_is()
    {
        // By its own code and its SQLite 3.35.5: SampleJournal.Make.
        var path = Path.Combine(_folder, "journal.db");
        using (var packed = new GZipStream(typeof(OlderSchemaTests).Assembly.GetManifestResourceStream("journal-0.2.0.db.gz")!, CompressionMode.Decompress))
        using (var file = File.Create(path)) packed.CopyTo(file);
        string story;
        using (var database = new RawFile(path)) story = OlderJournal.Story(database);

        using (var store = new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Write)))
        {
            Assert.Empty(store.Check());
            Assert.Equal([SampleJournal.StagedBatch, SampleJournal.PlainBatch], store.ReadBatches(new BatchQuery()).Select(static batch => batch.Name));
            Assert.Equal((370, 42), (store.CountTasks(new TaskQuery { Metadata = [new KeyValuePair<string, object?>("subject", "sea")] }), store.CountTasks(new TaskQuery { Statuses = [JournalTaskStatus.Failed], Keys = [TextPattern.Wildcard("*0.jpg")] })));
        }

        using (var database = new RawFile(path)) Assert.Equal(story, OlderJournal.Story(database));
        Assert.Empty(JournalChecker.Check(path, new Tally()));
        WorkGoesOn(path);
    }

    // Its copy is there, or on its way.
    private static bool HasBegun(string aside) => File.Exists(aside) || Directory.GetFiles(Path.GetDirectoryName(aside)!, Path.GetFileName(aside) + ".*.partial").Length > 0;

    private static TimeSpan Migrated(string path)
    {
        using var process = MigratingProcess.Start(path, MigrationWorker.Today);
        return process.WaitForSuccess();
    }

    private static long VersionOf(string path)
    {
        using var database = new RawFile(path);
        return database.Numbers("PRAGMA user_version").Single()[0];
    }

    // Its tables and indexes are those of the schema that it says it has, and it tells the whole story.
    private void IsWhole(string path, long version, string story)
    {
        var pure = Path.Combine(_folder, FormattableString.Invariant($"pure{version}.db"));
        if (!File.Exists(pure)) OlderJournal.MakeFile(pure, version, 0);
        using var expected = new RawFile(pure);
        using var database = new RawFile(path);
        Assert.Equal(version, database.Numbers("PRAGMA user_version").Single()[0]);
        Assert.Equal(Objects(expected), Objects(database));
        Assert.True(OlderJournal.Story(database) == story, "Rows are missing, or others than they were.");
    }

    private static void WorkGoesOn(string path)
    {
        using var store = new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Write));
        Assert.Empty(store.Check());
        foreach (var (_, call) in StoreOperations.All) call(store);
        Assert.Empty(store.Check());
    }

    private static IEnumerable<string> Objects(RawFile database) =>
        database.Rows("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name").Select(static row => string.Join(' ', row));

    private string Copy(string journal, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, "journal.db");
        foreach (var part in new[] { "", "-wal" })
        {
            if (File.Exists(journal + part)) File.Copy(journal + part, path + part);
        }

        return path;
    }
}
