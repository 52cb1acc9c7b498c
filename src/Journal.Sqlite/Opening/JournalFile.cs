using Journal.Storage;
using Journal.Sqlite.Care;
using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Opening;

/// <summary>The file of a journal: making it, telling it from other files, and connections to it.</summary>
internal sealed class JournalFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly OpenMode[] ToRead = [OpenMode.ReadWrite, OpenMode.ReadOnly, OpenMode.Immutable];
    private static readonly OpenMode[] ToWrite = [OpenMode.ReadWrite];

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
    public static JournalFile Prepare(StoreOptions options)
    {
        var path = options.Location;
        if (Directory.Exists(path)) throw JournalErrors.UnsupportedJournal(path, "it is a directory.");
        if (!File.Exists(path))
        {
            if (options.Access != StoreAccess.Create) throw JournalErrors.JournalNotFound(path);
            Make(path);
        }

        var file = new JournalFile(options, Probe(options));
        using var database = file.Connect();
        file.Admit(database);
        return file;
    }

    /// <summary>A connection that writes.</summary>
    public Database ConnectWriter()
    {
        var database = Connect();
        // 64 MB: keys in random order touch the whole index. A larger log than SQLite's 4 MB: under load, merging it is most of what a disk has to do.
        database.Execute($"""
            PRAGMA synchronous = {(_options.Durability == Durability.Full ? "FULL" : "NORMAL")};
            PRAGMA cache_size = -65536;
            PRAGMA wal_autocheckpoint = 4000;
            PRAGMA journal_size_limit = 67108864;
            """);
        return database;
    }

    /// <summary>A connection that cannot write.</summary>
    public Database ConnectReader()
    {
        var database = Connect();
        database.Execute("PRAGMA query_only = ON; PRAGMA cache_size = -16384;");
        SqlFunctions.Install(database);
        return database;
    }

    /// <summary>Creates an empty file that only its owner can read, in a directory that only its owner can enter.</summary>
    public static void Make(string path)
    {
        try
        {
            var directory = System.IO.Path.GetDirectoryName(path)!;
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else if (!Directory.Exists(directory)) Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            // SQLite gives its two side files the mode of the main one.
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            new FileStream(path, options).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalAccessDenied(path, e.Message, e);
        }
    }

    private Database Connect()
    {
        var database = Database.Open(Path, _mode, _options.LockTimeout);
        database.Execute("PRAGMA foreign_keys = OFF");
        return database;
    }

    // Reading, too, opens the file for writing where it may: only so does the last one to close it remove the side files.
    private static OpenMode Probe(StoreOptions options)
    {
        var path = options.Location;
        var refused = default(JournalException);
        foreach (var mode in options.Access == StoreAccess.Read ? ToRead : ToWrite)
        {
            // Without locks only what nobody writes to can be read, and only if no log waits to be merged.
            if (mode == OpenMode.Immutable && new FileInfo(path + "-wal") is { Exists: true, Length: > 0 }) break;
            try
            {
                if (mode == OpenMode.ReadWrite && IsReadOnly(path)) throw JournalErrors.JournalAccessDenied(path, "it cannot be written to.");
                using var database = Database.Open(path, mode, options.LockTimeout);
                database.Number("PRAGMA schema_version");
                return mode;
            }
            catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalAccessDenied))
            {
                refused ??= e;
            }
        }

        throw refused!;
    }

    // SQLite quietly opens for reading what cannot be opened for writing.
    private static bool IsReadOnly(string path)
    {
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return false;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return true;
        }
    }

    private void Admit(Database database)
    {
        if (Schema.IsBlank(database))
        {
            if (_options.Access != StoreAccess.Create) throw JournalErrors.NotAJournal(Path, "it is empty");
            // The log has to be chosen outside a transaction, and is remembered in the file.
            database.Number("PRAGMA journal_mode = WAL");
            Schema.Migrate(database);
            return;
        }

        if (!Schema.IsJournal(database)) throw JournalErrors.NotAJournal(Path, "it is another application's SQLite database");
        var version = Schema.VersionOf(database);
        if (version > Schema.Newest) throw JournalErrors.JournalTooNew(Path, version, Schema.Newest);
        if (version == Schema.Newest) return;
        if (!IsWritable) throw JournalErrors.JournalAccessDenied(Path, $"it has the old schema {version} and must be migrated, which needs write access.");
        BackupCopy.Write(database, FormattableString.Invariant($"{Path}.schema-{version}"), _options.LockTimeout);
        Schema.Migrate(database);
    }
}
