using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
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

    [Fact]
    public void A_writer_keeps_its_lock_when_another_copy_of_SQLite_in_the_process_reads_the_journal_and_closes_it()
    {
        if (!OperatingSystem.IsLinux()) return;
        Batch("a");
        using var other = new PlainSqlite(Fixture.Directory, Fixture.Location);
        using var database = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second);
        database.BeginWrite();
        other.Run("SELECT count(*) FROM task");
        other.Dispose();
        Assert.False(CanLock(Fixture.Location + "-shm", LockOfWriter), "Another process could write at the same time.");
        Assert.False(CanLock(Fixture.Location, LockOfReaders), "Another process would take itself for the last and remove the log.");
        database.RollBack();
    }

    /// <summary>Why <see cref="FileLocks"/> is there. Should this fail with a later engine, SQLite keeps its locks by itself, and ours can go.</summary>
    [Fact]
    public void SQLite_as_it_comes_loses_the_lock_of_its_writer_to_another_copy_in_the_process()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/proc/locks")) return;
        Batch("a");
        Store.Dispose();
        using var writer = new PlainSqlite(Fixture.Directory, Fixture.Location);
        using var other = new PlainSqlite(Fixture.Directory, Fixture.Location);
        Assert.Equal((SqliteLibrary.Version, SqliteLibrary.Version), (writer.Version, other.Version));
        writer.Run("BEGIN IMMEDIATE");
        Assert.True(HoldsWriterLock());
        other.Run("SELECT count(*) FROM task");
        other.Dispose();
        Assert.False(HoldsWriterLock());
        writer.Run("ROLLBACK");

        // Of the kind that belongs to a process: ours are of the other kind.
        static bool HoldsWriterLock() => File.ReadLines("/proc/locks").Any(static line =>
            line.Contains(" POSIX ", StringComparison.Ordinal)
            && line.Contains(string.Create(CultureInfo.InvariantCulture, $" WRITE {Environment.ProcessId} "), StringComparison.Ordinal)
            && line.EndsWith(string.Create(CultureInfo.InvariantCulture, $" {LockOfWriter} {LockOfWriter}"), StringComparison.Ordinal));
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

    /// <summary>A copy of our native library that nobody has set up, as another module brings one, with a file open.</summary>
    private sealed unsafe class PlainSqlite : IDisposable
    {
        private readonly nint _library;
        private nint _connection;

        public PlainSqlite(string folder, string path)
        {
            // A file of its own: the system loads one file once.
            var copy = Path.Combine(folder, Path.GetRandomFileName());
            File.Copy(Loaded(), copy);
            _library = NativeLibrary.Load(copy);
            var open = (delegate* unmanaged[Cdecl]<byte*, nint*, int>)Export("sqlite3_open");
            fixed (byte* name = Text(path))
            fixed (nint* connection = &_connection) Assert.Equal(0, open(name, connection));
        }

        public string Version => Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)Export("sqlite3_libversion"))())!;

        public void Run(string sql)
        {
            var run = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint, nint, int>)Export("sqlite3_exec");
            fixed (byte* text = Text(sql)) Assert.Equal(0, run(_connection, text, 0, 0, 0));
        }

        // The library stays loaded, as that of a module does.
        public void Dispose()
        {
            if (_connection == 0) return;
            Assert.Equal(0, ((delegate* unmanaged[Cdecl]<nint, int>)Export("sqlite3_close"))(_connection));
            _connection = 0;
        }

        private static string Loaded()
        {
            _ = SqliteLibrary.Version;
            var line = File.ReadLines("/proc/self/maps").First(static line => line.EndsWith("libe_sqlite3.so", StringComparison.Ordinal));
            return line[line.IndexOf('/', StringComparison.Ordinal)..];
        }

        private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

        private nint Export(string name) => NativeLibrary.GetExport(_library, name);
    }
}
