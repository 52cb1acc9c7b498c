using Journal.Reliability.Tests.Damage;
using Journal.Sqlite.Opening;
using Journal.Torture.Checking;
using Journal.Torture.Working;

namespace Journal.Reliability.Tests.Migration;

/// <summary>
/// A process that migrates a journal is killed, or meets another one that does the same: the journal is the old one entire or the new one entire,
/// the old one is kept beside it before anything changes, and whoever opens it next brings the migration to its end.
/// </summary>
public sealed class MigrationKillTests : IDisposable
{
    private const int Kills = 16;
    // Where every one of them came too early or too late, the next are given as soon as the copy is there.
    private const int MostKills = 40;

    private const int Meetings = 5;

    private static readonly long Later = LaterSchemas.Sqlite.Keys.Last();

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-migration-").FullName;
    private readonly string _old;

    public MigrationKillTests()
    {
        _old = Path.Combine(_folder, "old.db");
        SampleJournal.Make(_old);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_migration_whose_process_is_killed_happened_or_did_not()
    {
        var whole = Migrated(Copy("whole"));
        var cutOff = 0;
        for (var kill = 0; kill < Kills || (cutOff == 0 && kill < MostKills); kill++)
        {
            var path = Copy($"kill{kill}");
            using (var process = MigratingProcess.Start(path))
            {
                if (kill >= Kills) process.WaitFor(() => File.Exists(CopyAside(path)));
                process.KillAfter(kill < Kills ? whole * kill / (Kills - 2) : TimeSpan.Zero);
            }

            var hasCopy = File.Exists(CopyAside(path));
            if (!hasCopy) Assert.False(new FileInfo(path + "-wal") is { Exists: true, Length: > 0 }, "Something was written before there was a copy.");
            if (Sound(path) == Schema.Newest && hasCopy) cutOff++;

            Migrated(path);

            Assert.Equal(Later, Sound(path));
            Assert.Equal(Schema.Newest, Sound(CopyAside(path)));
        }

        // A kill that never meets a migration under way proves nothing.
        Assert.True(cutOff > 0);
    }

    [Fact]
    public void Several_that_migrate_at_once_make_one_migration_and_keep_the_old_journal()
    {
        for (var meeting = 0; meeting < Meetings; meeting++)
        {
            var path = Copy($"meeting{meeting}");
            var processes = Enumerable.Range(0, 3).Select(_ => MigratingProcess.Start(path)).ToList();
            foreach (var process in processes)
            {
                process.WaitForSuccess();
                process.Dispose();
            }

            Assert.Equal(Later, Sound(path));
            Assert.Equal(Schema.Newest, Sound(CopyAside(path)));
        }
    }

    private static string CopyAside(string path) => FormattableString.Invariant($"{path}.schema-{Schema.Newest}");

    private static TimeSpan Migrated(string path)
    {
        using var process = MigratingProcess.Start(path);
        return process.WaitForSuccess();
    }

    private static long Sound(string path)
    {
        using var database = new RawFile(path);
        Assert.Empty(database.Breakage());
        Assert.Equal(550, database.Numbers("SELECT COUNT(*) FROM task").Single()[0]);
        var version = database.Numbers("PRAGMA user_version").Single()[0];
        var isNew = version == Schema.Newest ? 0 : 1;
        Assert.Contains(version, new[] { Schema.Newest, Later });
        Assert.Equal(isNew, database.Numbers("SELECT COUNT(*) FROM sqlite_master WHERE name = 'later_key'").Single()[0]);
        Assert.Equal(isNew, database.Numbers("SELECT COUNT(*) FROM pragma_table_info('task') WHERE name = 'colour'").Single()[0]);
        return version;
    }

    private string Copy(string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, "journal.db");
        File.Copy(_old, path);
        return path;
    }
}
