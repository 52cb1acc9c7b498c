using Journal.Sqlite.Engine;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>Another SQLite in the same process, such as another module's, opens and closes the journal too. Closing a file drops every POSIX lock that the process has on it.</summary>
public sealed class SqliteLockTests : StoreTest<SqliteFixture>
{
    // Where SQLite's lock for writing to the log stands in the shared memory, and its lock for all who read in the database.
    private const long LockOfWriter = 120;
    private const long LockOfReaders = 0x40000002;

    [Fact]
    public void A_writer_keeps_its_lock_when_somebody_else_in_the_process_closes_the_file()
    {
        if (!OperatingSystem.IsLinux()) return;
        Batch("a");
        using var database = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second);
        database.BeginWrite();
        File.OpenRead(Fixture.Location + "-shm").Dispose();
        File.OpenRead(Fixture.Location).Dispose();
        Assert.False(CanLock(Fixture.Location + "-shm", LockOfWriter), "Another process could write at the same time.");
        Assert.False(CanLock(Fixture.Location, LockOfReaders), "Another process would take itself for the last and remove the log.");
        database.RollBack();
        Assert.True(CanLock(Fixture.Location + "-shm", LockOfWriter));
    }

    [Fact]
    public void Who_closes_a_journal_leaves_no_lock_and_no_open_file()
    {
        if (!OperatingSystem.IsLinux()) return;
        Batch("a");
        var path = Fixture.Location + ".copy";
        using (var copy = Database.Open(Fixture.Location, OpenMode.ReadOnly, Second)) copy.Execute($"VACUUM INTO '{path}'");
        using (var first = Database.Open(path, OpenMode.ReadWrite, Second))
        using (var second = Database.Open(path, OpenMode.ReadOnly, Second))
        {
            first.Execute("PRAGMA journal_mode = WAL");
            first.Number("SELECT count(*) FROM task");
            second.Number("SELECT count(*) FROM task");
        }

        Assert.True(CanLock(path, LockOfReaders));
        Assert.DoesNotContain(path, Directory.GetFiles("/proc/self/fd").Select(static link => new FileInfo(link).LinkTarget));
    }

    // As SQLite in another process would see it: a lock of the process does not stand against another of its own, that of an open file does.
    private static bool CanLock(string path, long at)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
#pragma warning disable CA1416 // It runs on Linux alone.
            file.Lock(at, 1);
            file.Unlock(at, 1);
#pragma warning restore CA1416
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
