using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Journal.Benchmarks;

/// <summary>SQLite as it is, through the library that the store uses, opened as the store opens it.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly SqliteConnection? _library;
    private readonly sqlite3 _handle;
    private readonly List<sqlite3_stmt> _statements = [];

    /// <param name="path">The file.</param>
    /// <param name="isLibrary">Whether Microsoft.Data.Sqlite opens it, as for the store.</param>
    /// <param name="isDurable">Whether a commit waits for the disk.</param>
    public RawConnection(string path, bool isLibrary = false, bool isDurable = true)
    {
        if (isLibrary)
        {
            _library = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            _library.Open();
            _handle = _library.Handle!;
        }
        else
        {
            Verify(raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null));
        }

        Verify(raw.sqlite3_exec(_handle, $"PRAGMA synchronous = {(isDurable ? "FULL" : "OFF")}; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA foreign_keys = OFF"));
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        if (_library is null) _handle.Dispose();
        _library?.Dispose();
    }

    /// <summary>Turns one of sqlite3_db_config's switches on or off.</summary>
    public void Switch(int name, bool isOn) => Verify(raw.sqlite3_db_config(_handle, name, isOn ? 1 : 0, out _));

    /// <summary>A prepared statement, closed with the connection.</summary>
    public sqlite3_stmt Prepare(string sql)
    {
        Verify(raw.sqlite3_prepare_v2(_handle, sql, out var statement));
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs a statement that gives no rows, with these parameters.</summary>
    public void Run(sqlite3_stmt statement, params ReadOnlySpan<long> parameters)
    {
        for (var i = 0; i < parameters.Length; i++) Verify(raw.sqlite3_bind_int64(statement, i + 1, parameters[i]));
        var code = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE) Verify(code);
    }

    /// <summary>Runs a statement that gives no rows; false when another connection is in the way.</summary>
    public bool TryRun(sqlite3_stmt statement)
    {
        var code = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (code == raw.SQLITE_BUSY) return false;
        if (code != raw.SQLITE_DONE) Verify(code);
        return true;
    }

    /// <summary>The one number that a query gives.</summary>
    public long Number(string sql)
    {
        var statement = Prepare(sql);
        raw.sqlite3_step(statement);
        var number = raw.sqlite3_column_int64(statement, 0);
        raw.sqlite3_reset(statement);
        return number;
    }

    private void Verify(int code)
    {
        if (code != raw.SQLITE_OK) throw new InvalidOperationException($"SQLite {code}: {raw.sqlite3_errmsg(_handle).utf8_to_string()}");
    }
}
