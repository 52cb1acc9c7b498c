using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Torture.Checking;

namespace Journal.Reliability.Tests.PowerCut;

/// <summary>A migration that is cut off anywhere leaves the old journal or the new one, and the next opener brings it to its end.</summary>
[Collection(nameof(RecordingFileSystem))]
public sealed class MigrationTests : IDisposable
{
    private static readonly long Newest = Schema.Newest + 2;

    private static readonly SortedDictionary<long, string> Later = new()
    {
        [Schema.Newest + 1] = "ALTER TABLE task ADD COLUMN colour TEXT; UPDATE task SET colour = 'blue';",
        [Newest] = "CREATE TABLE later (no INTEGER PRIMARY KEY, key TEXT); INSERT INTO later (key) SELECT key FROM task; CREATE INDEX task_colour ON task (colour);",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-migration-").FullName;

    public void Dispose()
    {
        RecordingFileSystem.Listen(null, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_migration_that_is_cut_off_anywhere_happened_or_did_not()
    {
        var path = Path.Combine(_folder, "journal.db");
        Damage.SampleJournal.Make(path);
        var before = new Dictionary<string, byte[]> { [path] = File.ReadAllBytes(path) };
        var events = new List<FileEvent>();
        RecordingFileSystem.Listen(_folder, events.Add);
        Migrate(path);
        RecordingFileSystem.Listen(null, null);

        var versions = new HashSet<long>();
        for (var cut = 0; cut <= events.Count; cut += 1 + (events.Count / 60))
        {
            var disk = new Disk(before);
            foreach (var happened in events.Take(cut)) disk.Happen(happened);
            var folder = Directory.CreateDirectory(Path.Combine(_folder, $"cut{cut}")).FullName;
            disk.WriteAfterCut(folder, cut % 2 == 0 ? null : new Random(cut));
            var copy = Path.Combine(folder, "journal.db");
            versions.Add(Sound(copy));
            Migrate(copy);
            Assert.Equal(Newest, Sound(copy));
        }

        Assert.Equal([Schema.Newest, Newest], versions.Order());
    }

    private static void Migrate(string path)
    {
        using var database = Database.Open(path, OpenMode.ReadWrite, TimeSpan.FromSeconds(5));
        Schema.Migrate(database, Later);
    }

    private static long Sound(string path)
    {
        using var database = new RawFile(path);
        Assert.Equal("ok", database.Rows("PRAGMA integrity_check").Single()[0]);
        Assert.Equal(550, database.Numbers("SELECT COUNT(*) FROM task").Single()[0]);
        var version = database.Numbers("PRAGMA user_version").Single()[0];
        Assert.Equal(version == Newest ? 1 : 0, database.Numbers("SELECT COUNT(*) FROM sqlite_master WHERE name = 'later'").Single()[0]);
        return version;
    }
}
