using Microsoft.Data.Sqlite;
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
    // NO_CKPT_ON_CLOSE: the log stays as it is.
    private const int LeaveLog = 1006;

    // Switches of sqlite3_db_config, which SQLitePCLRaw does not name.
    private static readonly (int Switch, int Value)[] s_switches =
    [
        (1002, 0), // ENABLE_FKEY: references are the statements' own to keep.
        (1003, 0), // ENABLE_TRIGGER and
        (1015, 0), // ENABLE_VIEW: a journal has neither, and a foreign file must not run SQL of its own.
        (1007, 1), // ENABLE_QPSG: a bound value never changes a plan. Else each run of a statement with LIMIT ? prepares it anew.
        (1017, 0), // TRUSTED_SCHEMA: nor does the schema of a file call functions of ours.
    ];

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly TimeSpan _lockTimeout;
    private readonly Dictionary<string, Statement> _prepared = new(StringComparer.Ordinal);

    private Database(SqliteConnection connection, string path, TimeSpan lockTimeout)
    {
        _connection = connection;
        _handle = connection.Handle!;
        Path = path;
        _lockTimeout = lockTimeout;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>How often statements that are kept were prepared anew.</summary>
    public int Repreparations => _prepared.Values.Sum(static statement => statement.Repreparations);

    /// <summary>Opens a file that exists, and runs a script in the connection before anybody has it.</summary>
    /// <exception cref="JournalException">JournalAccessDenied, NativeLibraryNotLoaded, and whatever the script meets; then nothing is left open.</exception>
    public static Database Open(string path, OpenMode mode, TimeSpan lockTimeout, string? script = null)
    {
        _ = SqliteLibrary.Version;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = mode == OpenMode.Immutable ? ImmutableName(path) : path,
            Mode = mode == OpenMode.ReadWrite ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly,
            // A pool would keep the file open, and its log with it, when everybody has closed it. What is worth keeping, the store keeps.
            Pooling = false,
            // Only of its own commands, which are not used here: they sleep 150 ms whenever the database is locked.
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            connection.Open();
            var database = new Database(connection, path, lockTimeout);
            database.SetUp(mode, script);
            return database;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw EngineFailures.From(e, path, lockTimeout);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void SetUp(OpenMode mode, string? script)
    {
        // SQLite quietly opens for reading what cannot be opened for writing.
        if (mode == OpenMode.ReadWrite && raw.sqlite3_db_readonly(_handle, "main") == 1) throw JournalErrors.JournalAccessDenied(Path, "it cannot be written to.");
        raw.sqlite3_extended_result_codes(_handle, 1);
        foreach (var (name, value) in s_switches) Verify(raw.sqlite3_db_config(_handle, name, value, out _));
        Waiting.Install(_handle, _lockTimeout);
        if (script is not null) Execute(script);
    }

    /// <summary>A file as SQLite's address of one that nobody changes. A path of a share begins with two slashes, which by themselves would name a server.</summary>
    internal static string ImmutableName(string path)
    {
        var escaped = Uri.EscapeDataString(path.Replace('\\', '/')).Replace("%2F", "/", StringComparison.Ordinal);
        return $"file:{(escaped.StartsWith("//", StringComparison.Ordinal) ? "//" : "")}{escaped}?immutable=1";
    }

    public void Dispose()
    {
        foreach (var statement in _prepared.Values) statement.Dispose();
        _prepared.Clear();
        // The last one to close a journal merges its log and removes it, by its name. Where the file is being exchanged, that may be another's log by then.
        using var unmoved = NameLock.TryShare(Path, NameUse.Closing);
        if (unmoved is null) _ = raw.sqlite3_db_config(_handle, LeaveLog, 1, out _);
        _connection.Dispose();
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

    /// <summary>Merges the log into the file, entirely: closing does so, too, but says nothing where it could not, because the disk is full.</summary>
    /// <exception cref="JournalException">JournalWriteFailed; JournalBusy where others use the file.</exception>
    public void MergeLog()
    {
        using var result = Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
        if (result.Step() && result.Integer(0) != 0) throw JournalErrors.JournalBusy(Path, _lockTimeout);
    }

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

    /// <summary>Makes a function of ours known to SQL, which gives the same for the same values.</summary>
    public void Define<T1, T2, TResult>(string name, Func<T1, T2, TResult> function) => _connection.CreateFunction(name, function, isDeterministic: true);

    /// <summary>What is wrong with the file, whatever schema it has; null when it is sound.</summary>
    public string? FindDamage() => FirstComplaint("integrity_check(1)");

    /// <summary>What is wrong with the pages and rows of the file, or of one of its tables, without a comparison of its indexes; null when they are sound.</summary>
    public string? FindDamageQuickly(string? table = null) => FirstComplaint($"quick_check({table ?? "1"})");

    private string? FirstComplaint(string check)
    {
        using var rows = Prepare("PRAGMA " + check);
        return rows.Step() && rows.Text(0) is { } line && line != "ok" ? line : null;
    }

    /// <summary>Copies the whole database into an empty one, as it is at one instant.</summary>
    public void CopyTo(Database target)
    {
        try
        {
            _connection.BackupDatabase(target._connection);
        }
        catch (SqliteException e)
        {
            throw EngineFailures.From(e, target.Path, _lockTimeout);
        }
    }

    public void Verify(int code)
    {
        if (code != raw.SQLITE_OK) throw Failure(code);
    }

    /// <summary>The journal's error for a result code of this connection.</summary>
    public JournalException Failure(int code) => EngineFailures.From(code, raw.sqlite3_errmsg(_handle).utf8_to_string(), Path, _lockTimeout);
}
