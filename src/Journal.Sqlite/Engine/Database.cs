using SQLitePCL;

namespace Journal.Sqlite.Engine;

/// <summary>How a file is opened.</summary>
internal enum OpenMode
{
    /// <summary>To read and write.</summary>
    ReadWrite,

    /// <summary>To read where the account may not write. SQLite may still need its two side files.</summary>
    ReadOnly,

    /// <summary>To read from a medium nobody writes to: no locks, no side files.</summary>
    Immutable,
}

/// <summary>One connection. Only one thread may use it at a time: its owner sees to that.</summary>
internal sealed class Database : IDisposable
{
    private const int ConfigMemoryStatistics = 9;

    private readonly sqlite3 _handle;
    private readonly TimeSpan _lockTimeout;
    private readonly Dictionary<string, Statement> _prepared = new(StringComparer.Ordinal);

    static Database()
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // Nobody asks for SQLite's statistics of its memory, and keeping them takes a lock of the whole process at each allocation.
        raw.sqlite3_config(ConfigMemoryStatistics, 0);
        Waiting.MendSleep();
        FileLocks.Install();
    }

    private Database(sqlite3 handle, string path, TimeSpan lockTimeout)
    {
        _handle = handle;
        Path = path;
        _lockTimeout = lockTimeout;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>SQLite's version.</summary>
    public static string EngineVersion => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Opens a file that exists.</summary>
    /// <exception cref="JournalException">JournalAccessDenied.</exception>
    public static Database Open(string path, OpenMode mode, TimeSpan lockTimeout)
    {
        // No mutex: a connection never serves two threads at once.
        var flags = raw.SQLITE_OPEN_NOMUTEX | (mode == OpenMode.ReadWrite ? raw.SQLITE_OPEN_READWRITE : raw.SQLITE_OPEN_READONLY);
        var name = path;
        if (mode == OpenMode.Immutable)
        {
            flags |= raw.SQLITE_OPEN_URI;
            name = "file:" + Uri.EscapeDataString(path.Replace('\\', '/')).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1";
        }

        var code = raw.sqlite3_open_v2(name, out var handle, flags, null);
        var database = new Database(handle, path, lockTimeout);
        if (code != raw.SQLITE_OK)
        {
            var failure = database.Failure(code);
            database.Dispose();
            throw failure;
        }

        // SQLite quietly opens for reading what cannot be opened for writing.
        if (mode == OpenMode.ReadWrite && raw.sqlite3_db_readonly(handle, "main") == 1)
        {
            database.Dispose();
            throw JournalErrors.JournalAccessDenied(path, "it cannot be written to.");
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        Waiting.Install(handle, lockTimeout);
        // The bundled library checks references unless told not to.
        database.Execute("PRAGMA foreign_keys = OFF");
        return database;
    }

    public void Dispose()
    {
        foreach (var statement in _prepared.Values) statement.Dispose();
        _prepared.Clear();
        raw.sqlite3_close_v2(_handle);
    }

    /// <summary>The statement for a text, prepared at its first use and kept. It must not be in use.</summary>
    public Statement Prepared(string sql)
    {
        if (_prepared.TryGetValue(sql, out var statement)) return statement;
        statement = Prepare(sql);
        _prepared.Add(sql, statement);
        return statement;
    }

    /// <summary>A statement for one use, the caller's to dispose.</summary>
    public Statement Prepare(string sql)
    {
        Verify(raw.sqlite3_prepare_v2(_handle, sql, out var handle));
        return new Statement(this, handle);
    }

    /// <summary>Runs a script of statements without parameters.</summary>
    public void Execute(string script) => Verify(raw.sqlite3_exec(_handle, script));

    /// <summary>The number a query without parameters gives.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Scalar() ?? 0;
    }

    /// <summary>Begins a transaction that holds the write lock from its start, so that it never fails half-way for want of it.</summary>
    public void BeginWrite() => Prepared("BEGIN IMMEDIATE").Execute();

    public void Commit() => Prepared("COMMIT").Execute();

    /// <summary>Undoes the transaction, unless SQLite has done so itself.</summary>
    public void RollBack()
    {
        Rest();
        if (raw.sqlite3_get_autocommit(_handle) == 0) Prepared("ROLLBACK").Execute();
    }

    /// <summary>Leaves all rows that were not read: a statement left in the middle would hold on to its snapshot.</summary>
    public void Rest()
    {
        foreach (var statement in _prepared.Values) statement.Reset();
    }

    /// <summary>Makes a function of ours known to SQL.</summary>
    public void Define(string name, int arguments, delegate_function_scalar function) =>
        Verify(raw.sqlite3_create_function(_handle, name, arguments, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, function));

    /// <summary>What is wrong with the file, whatever schema it has; null when it is sound.</summary>
    public string? FindDamage()
    {
        using var rows = Prepare("PRAGMA integrity_check(1)");
        return rows.Step() && rows.Text(0) is { } line && line != "ok" ? line : null;
    }

    /// <summary>Copies the whole database into an empty one, as it is at one instant.</summary>
    public void CopyTo(Database target)
    {
        var backup = raw.sqlite3_backup_init(target._handle, "main", _handle, "main");
        if (backup.IsInvalid) throw target.Failure(raw.sqlite3_extended_errcode(target._handle));
        var code = raw.sqlite3_backup_step(backup, -1);
        raw.sqlite3_backup_finish(backup);
        if (code != raw.SQLITE_DONE) throw target.Failure(code);
    }

    public void Verify(int code)
    {
        if (code != raw.SQLITE_OK) throw Failure(code);
    }

    /// <summary>The journal's error for a result code of this connection.</summary>
    public JournalException Failure(int code) => EngineFailures.From(code, raw.sqlite3_errmsg(_handle).utf8_to_string(), Path, _lockTimeout);
}
