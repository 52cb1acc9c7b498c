using System.Collections.Concurrent;
using System.Globalization;
using Journal.Hosting;
using Journal.Storage;
using Journal.Sqlite.Engine;
using Microsoft.Win32.SafeHandles;

namespace Journal.Sqlite.Opening;

/// <summary>The file of a journal: making it, telling it from other files, connections to it, and whether it still is what its name means.</summary>
internal sealed class JournalFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string FirstRead = "PRAGMA schema_version";

    // A tenth of a second on a slow machine. Of a larger file the tables are looked at that every run needs and that stay small.
    private const long MostBytesChecked = 16 * 1024 * 1024;
    private static readonly string[] SmallTables = ["batch", "worker", "quota", "checkpoint", "sequence"];

    // The files that this process has written to last, as it left them: they need no look before they are written to again.
    private static readonly ConcurrentDictionary<string, (FileFacts? Facts, DateTime Written)> AsLeft = new(StringComparer.Ordinal);

    private static readonly OpenMode[] ToRead = [OpenMode.ReadWrite, OpenMode.ReadOnly, OpenMode.Immutable];
    private static readonly OpenMode[] ToWrite = [OpenMode.ReadWrite];

    private readonly StoreOptions _options;
    private readonly OpenMode _mode;
    private FileFacts? _facts;

    private JournalFile(StoreOptions options, OpenMode mode, FileFacts? facts)
    {
        _options = options;
        _mode = mode;
        _facts = facts;
        IsSeenOnce = mode == OpenMode.Immutable && !SystemCalls.IsOnReadOnlyFileSystem(options.Location);
    }

    /// <summary>Whether it can be written to at all.</summary>
    public bool IsWritable => _mode == OpenMode.ReadWrite;

    /// <summary>Whether a connection must not be kept: without locks it sees nothing of what is written after it was opened.</summary>
    public bool IsSeenOnce { get; }

    public string Path => _options.Location;

    /// <summary>Finds, and where asked for makes, a journal that this assembly can use.</summary>
    /// <exception cref="JournalException">JournalNotFound, JournalAccessDenied, NotAJournal, JournalCorrupt, JournalTooNew, JournalBusy, JournalReplaced.</exception>
    public static JournalFile Prepare(StoreOptions options) => Prepare(options, Schema.Migrations);

    /// <summary>The same with other migrations than this assembly's own.</summary>
    public static JournalFile Prepare(StoreOptions options, SortedDictionary<long, string> migrations)
    {
        var path = options.Location;
        if (Directory.Exists(path)) throw JournalErrors.UnsupportedJournal(path, "it is a directory.");
        FileSwap.Await(path, options.LockTimeout);
        var facts = SystemCalls.Facts(path);
        if (facts is { IsRegular: false }) throw JournalErrors.UnsupportedJournal(path, "it is no file, but a device, a pipe or a socket.");
        if (!File.Exists(path))
        {
            if (options.Access != StoreAccess.Create) throw JournalErrors.JournalNotFound(path);
            Make(options, migrations);
        }
        else if (facts is { Size: 0 } && options.Access == StoreAccess.Create)
        {
            MakeOver(options, migrations);
        }

        using var database = Probe(options, out var mode, out facts);
        if (facts is { Links: > 1 }) throw JournalErrors.JournalReplaced(path, $"it has {facts.Value.Links} names (hard links), and its log belongs to one of them alone. Copy it with Backup-Journal, and remove the other names");
        var file = new JournalFile(options, mode, facts);
        file.Admit(database, migrations);
        return file;
    }

    /// <summary>A connection that writes, to a file that was looked at first: nothing is added to a damaged one.</summary>
    /// <exception cref="JournalException">JournalCorrupt.</exception>
    // 64 MB: keys in random order touch the whole index. A larger log than SQLite's 4 MB: under load, merging it is most of what a disk has to do.
    public Database ConnectWriter()
    {
        var database = Connect($"""
            PRAGMA synchronous = {(_options.Durability == Durability.Full ? "FULL" : "NORMAL")};
            PRAGMA cache_size = -65536;
            PRAGMA wal_autocheckpoint = 4000;
            PRAGMA journal_size_limit = 67108864;
            """);
        try
        {
            if (!AsLeft.TryGetValue(Path, out var left) || left != Present()) RequireSound(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Notes how a writer left the file.</summary>
    public void Leave() => AsLeft[Path] = Present();

    private (FileFacts?, DateTime) Present() => (SystemCalls.Facts(Path), File.GetLastWriteTimeUtc(Path));

    private void RequireSound(Database database)
    {
        var damage = new FileInfo(Path) is { Exists: true, Length: <= MostBytesChecked }
            ? database.FindDamageQuickly()
            : SmallTables.Select(database.FindDamageQuickly).FirstOrDefault(static found => found is not null);
        if (damage is not null) throw JournalErrors.JournalCorrupt(Path, damage.ReplaceLineEndings(" "));
    }

    /// <summary>A connection that cannot write.</summary>
    public Database ConnectReader()
    {
        var database = Connect("PRAGMA query_only = ON; PRAGMA cache_size = -16384;");
        SqlFunctions.Install(database);
        return database;
    }

    /// <summary>Sees whether the name still means the file that is open.</summary>
    /// <remarks>Whoever writes asks within the transaction, so that nobody can exchange the file before the commit.</remarks>
    /// <exception cref="JournalException">JournalReplaced.</exception>
    public void Verify()
    {
        // On a medium that nobody writes to, or a system that does not tell.
        if (_facts is not { } known) return;
        if (SystemCalls.Facts(Path) is not { } now)
        {
            if (File.Exists(Path)) return;
            throw JournalErrors.JournalReplaced(Path, "it was moved or deleted");
        }

        if (now.Identity != known.Identity) throw JournalErrors.JournalReplaced(Path, "another file has its name: it was restored, repaired or copied over");
        if (now.Links > 1) throw JournalErrors.JournalReplaced(Path, $"it was given {Amount.Of((long)now.Links - 1, "more name")} (hard links), and its log belongs to one of them alone");
        // It grows when its log is merged, and shrinks when it is optimized: then it is whole all the same.
        if (now.Size < known.Size && (now.Size == 0 || IsDamaged())) throw JournalErrors.JournalReplaced(Path, $"it was cut to {now.Size} bytes");
        if (now.Size != known.Size) _facts = now;
    }

    /// <summary>Takes the size that the file has now for the one to compare with: this process itself has made it smaller.</summary>
    public void AcceptSize()
    {
        if (_facts is { } known && SystemCalls.Facts(Path) is { } now && now.Identity == known.Identity) _facts = now;
    }

    // By a connection that has none of its pages in memory.
    private bool IsDamaged()
    {
        try
        {
            using var fresh = Open(_options, _mode, FirstRead, out _);
            return fresh.FindDamage() is not null;
        }
        catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.JournalCorrupt) or nameof(JournalErrors.NotAJournal))
        {
            return true;
        }
    }

    /// <summary>Creates an empty file that only its owner can read, in a directory that only its owner can enter, to be made a journal.</summary>
    public static NewFile MakeBeside(string path)
    {
        try
        {
            var directory = System.IO.Path.GetDirectoryName(path)!;
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else if (!Directory.Exists(directory)) Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            NewFile.RemoveLeftovers(directory, System.IO.Path.GetFileName(path));
            // SQLite gives its two side files the mode of the main one.
            return NewFile.For(path);
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            throw JournalErrors.JournalAccessDenied(path, e.Message, e);
        }
    }

    /// <summary>Makes a journal without batches of an empty file, and closes it.</summary>
    public static void Fill(NewFile file, StoreOptions options, SortedDictionary<long, string> migrations)
    {
        using var database = Database.Open(file.Path, OpenMode.ReadWrite, options.LockTimeout);
        // The log has to be chosen outside a transaction, and is remembered in the file.
        database.Number("PRAGMA journal_mode = WAL");
        Schema.Migrate(database, migrations);
        database.MergeLog();
    }

    // Two that make one at once: one gets the name, and the other opens what has it.
    private static void Make(StoreOptions options, SortedDictionary<long, string> migrations)
    {
        var path = options.Location;
        SetOldLogAside(path, options);
        using var made = MakeBeside(path);
        Fill(made, options, migrations);
        try
        {
            made.MoveTo(path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // The other one was faster.
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            throw JournalErrors.JournalAccessDenied(path, e.Message, e);
        }
    }

    // An empty file is one that somebody made to be a journal (touch, New-TemporaryFile).
    private static void MakeOver(StoreOptions options, SortedDictionary<long, string> migrations)
    {
        var path = options.Location;
        var care = default(CareLock);
        if (!Patience.Try(options.LockTimeout, () => (care = CareLock.TryTake(path, "made")) is not null)) throw JournalErrors.JournalBusy(path, options.LockTimeout);
        using (care)
        {
            if (new FileInfo(path) is not { Exists: true, Length: 0 }) return;
            using var made = MakeBeside(path);
            Fill(made, options, migrations);
            var aside = $"{made.Path}.empty";
            FileSwap.Do(care!, path, made, aside);
            if (new FileInfo(aside) is { Length: 0 }) File.Delete(aside);
        }
    }

    // A log without its journal would be laid over the new one.
    private static void SetOldLogAside(string path, StoreOptions options)
    {
        if (!File.Exists(path + "-wal")) return;
        var care = default(CareLock);
        if (!Patience.Try(options.LockTimeout, () => (care = CareLock.TryTake(path, "made")) is not null)) throw JournalErrors.JournalBusy(path, options.LockTimeout);
        using (care)
        {
            if (File.Exists(path) || !File.Exists(path + "-wal")) return;
            var aside = JournalCopies.ReplacedPathFor(path, options.Time.GetUtcNow());
            foreach (var part in new[] { "-wal", "-shm" })
            {
                if (File.Exists(path + part)) SystemCalls.MoveToFreeName(path + part, aside + part);
            }
        }
    }

    /// <summary>A connection to a journal of any schema, to read it as it is.</summary>
    public static Database OpenToRead(string path, TimeSpan lockTimeout)
    {
        if (!File.Exists(path)) throw JournalErrors.JournalNotFound(path);
        return Probe(new StoreOptions(path, StoreAccess.Read) { LockTimeout = lockTimeout }, out _, out _);
    }

    private Database Connect(string script)
    {
        // A writer has come: its log is to be read with the file.
        var mode = IsSeenOnce && new FileInfo(Path + "-wal") is { Exists: true, Length: > 0 } ? OpenMode.ReadOnly : _mode;
        var database = Open(_options, mode, script + FirstRead, out var facts);
        if (_facts is not { } known || facts is not { } now || known.Identity == now.Identity) return database;
        database.Dispose();
        throw JournalErrors.JournalReplaced(Path, "another file has its name: it was restored, repaired or copied over");
    }

    // A journal is only ever exchanged under a note (see FileSwap), and never while somebody opens it: so the log that is opened is the one of the file.
    private static Database Open(StoreOptions options, OpenMode mode, string script, out FileFacts? facts)
    {
        var path = options.Location;
        for (var isDenied = false; ;)
        {
            FileSwap.Await(path, options.LockTimeout);
            using var opening = ShareOpening(path, options.LockTimeout);
            var before = SystemCalls.Facts(path);
            if (before is null && !File.Exists(path)) throw JournalErrors.JournalNotFound(path);
            BeforeOpening?.Invoke(path);
            Database database;
            try
            {
                database = Database.Open(path, mode, options.LockTimeout, script);
            }
            catch (JournalException e) when (!isDenied && e.ErrorId == nameof(JournalErrors.JournalAccessDenied))
            {
                // SQLite says the same of a file that was moved away since it was seen: it is looked for once more.
                isDenied = true;
                continue;
            }

            facts = SystemCalls.Facts(path);
            if (before?.Identity == facts?.Identity && !FileSwap.IsUnderWay(path)) return database;
            database.Dispose();
        }
    }

    /// <summary>Called with the path when a journal is about to be opened; for tests of what happens to it meanwhile.</summary>
    internal static Action<string>? BeforeOpening { get; set; }

    // Null where there is no such file, or it cannot be read: then opening it fails, too.
    private static SafeFileHandle? ShareOpening(string path, TimeSpan patience)
    {
        // To open a pipe may take for ever.
        if (SystemCalls.Facts(path) is { IsRegular: false }) return null;
        var shared = default(SafeFileHandle);
        var isDone = Patience.Try(patience, () => (shared = NameLock.TryShare(path, NameUse.Opening)) is not null || !IsReadable(path));
        return isDone ? shared : throw JournalErrors.JournalBusy(path, patience);
    }

    private static bool IsReadable(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            return false;
        }
    }

    // Reading, too, opens the file for writing where it may: only so does the last one to close it remove the side files.
    private static Database Probe(StoreOptions options, out OpenMode mode, out FileFacts? facts)
    {
        var refused = default(JournalException);
        foreach (var possible in options.Access == StoreAccess.Read ? ToRead : ToWrite)
        {
            // Without locks only what nobody writes to can be read, and only if no log waits to be merged.
            if (possible == OpenMode.Immutable && new FileInfo(options.Location + "-wal") is { Exists: true, Length: > 0 }) break;
            mode = possible;
            try
            {
                return Open(options, mode, FirstRead, out facts);
            }
            catch (JournalException e)
            {
                if (e.ErrorId != nameof(JournalErrors.JournalAccessDenied)) throw;
                refused ??= e;
            }
        }

        throw refused!;
    }

    private void Admit(Database database, SortedDictionary<long, string> migrations)
    {
        if (Schema.IsBlank(database))
        {
            if (_options.Access != StoreAccess.Create) throw JournalErrors.NotAJournal(Path, "it is empty");
            // The log has to be chosen outside a transaction, and is remembered in the file.
            database.Number("PRAGMA journal_mode = WAL");
            Schema.Migrate(database, migrations);
            return;
        }

        if (!Schema.IsJournal(database)) throw JournalErrors.NotAJournal(Path, "it is another application's SQLite database");
        var version = Schema.VersionOf(database);
        var newest = migrations.Keys.Last();
        if (version > newest) throw JournalErrors.JournalTooNew(Path, version, newest);
        if (version == newest) return;
        if (!IsWritable) throw JournalErrors.JournalAccessDenied(Path, $"it has the old schema {version} and must be migrated, which needs write access.");
        Schema.Migrate(database, migrations, old =>
        {
            using var reader = Open(_options, OpenMode.ReadWrite, FirstRead, out _);
            BackupCopy.Write(reader, string.Create(CultureInfo.InvariantCulture, $"{Path}.schema-{old}"), _options.LockTimeout, replace: true);
        });
    }
}
