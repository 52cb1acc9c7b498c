using Journal.Storage;
using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Opening;

/// <summary>The file of a journal: making it, telling it from other files, and connections to it.</summary>
internal sealed class JournalFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly OpenMode[] ToRead = [OpenMode.ReadWrite, OpenMode.ReadOnly, OpenMode.Immutable];
    private static readonly OpenMode[] ToWrite = [OpenMode.ReadWrite];

    private static readonly object Making = new();

    private readonly StoreOptions _options;
    private readonly OpenMode _mode;

    private JournalFile(StoreOptions options, OpenMode mode)
    {
        _options = options;
        _mode = mode;
    }

    /// <summary>Whether it can be written to at all.</summary>
    public bool IsWritable => _mode == OpenMode.ReadWrite;

    public string Path => _options.Location;

    /// <summary>Finds, and where asked for makes, a journal that this assembly can use.</summary>
    /// <exception cref="JournalException">JournalNotFound, JournalAccessDenied, NotAJournal, JournalCorrupt, JournalTooNew, JournalBusy.</exception>
    public static JournalFile Prepare(StoreOptions options) => Prepare(options, Schema.Migrations);

    /// <summary>The same with other migrations than this assembly's own.</summary>
    public static JournalFile Prepare(StoreOptions options, SortedDictionary<long, string> migrations)
    {
        var path = options.Location;
        if (Directory.Exists(path)) throw JournalErrors.UnsupportedJournal(path, "it is a directory.");
        // One at a time: a file must be closed by whoever made it before anybody of this process opens it, see Make.
        lock (Making)
        {
            if (!File.Exists(path))
            {
                if (options.Access != StoreAccess.Create) throw JournalErrors.JournalNotFound(path);
                Make(path);
            }
        }

        using var database = Probe(options, out var mode);
        var file = new JournalFile(options, mode);
        file.Admit(database, migrations);
        return file;
    }

    /// <summary>A connection that writes.</summary>
    // 64 MB: keys in random order touch the whole index. A larger log than SQLite's 4 MB: under load, merging it is most of what a disk has to do.
    public Database ConnectWriter() => Database.Open(Path, _mode, _options.LockTimeout, $"""
        PRAGMA synchronous = {(_options.Durability == Durability.Full ? "FULL" : "NORMAL")};
        PRAGMA cache_size = -65536;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA journal_size_limit = 67108864;
        """);

    /// <summary>A connection that cannot write.</summary>
    public Database ConnectReader()
    {
        var database = Database.Open(Path, _mode, _options.LockTimeout, "PRAGMA query_only = ON; PRAGMA cache_size = -16384;");
        SqlFunctions.Install(database);
        return database;
    }

    /// <summary>Creates an empty file that only its owner can read, in a directory that only its owner can enter.</summary>
    /// <remarks>
    /// Never opens a file that is there: on Unix, closing any handle to a file drops all locks that the process holds on it, so that another
    /// store of this process would lose those it relies on.
    /// </remarks>
    public static void Make(string path)
    {
        try
        {
            var directory = System.IO.Path.GetDirectoryName(path)!;
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else if (!Directory.Exists(directory)) Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            // SQLite gives its two side files the mode of the main one.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it at the same moment.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalAccessDenied(path, e.Message, e);
        }
    }

    // Reading, too, opens the file for writing where it may: only so does the last one to close it remove the side files.
    private static Database Probe(StoreOptions options, out OpenMode mode)
    {
        var refused = default(JournalException);
        foreach (var possible in options.Access == StoreAccess.Read ? ToRead : ToWrite)
        {
            // Without locks only what nobody writes to can be read, and only if no log waits to be merged.
            if (possible == OpenMode.Immutable && new FileInfo(options.Location + "-wal") is { Exists: true, Length: > 0 }) break;
            mode = possible;
            try
            {
                return Database.Open(options.Location, mode, options.LockTimeout, "PRAGMA schema_version");
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
            using var reader = Database.Open(Path, OpenMode.ReadWrite, _options.LockTimeout);
            BackupCopy.Write(reader, FormattableString.Invariant($"{Path}.schema-{old}"), _options.LockTimeout);
        });
    }
}
