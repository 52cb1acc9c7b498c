using SQLitePCL;

namespace Journal.Torture.Checking;

/// <summary>A file, through SQLite.</summary>
internal sealed class RawFile : RawDatabase
{
    private readonly sqlite3 _handle;

    static RawFile() => raw.SetProvider(new SQLite3Provider_e_sqlite3());

    /// <summary>Opens a file; that merges its log, so give it a copy where that matters.</summary>
    public RawFile(string path)
    {
        var code = raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE, null);
        if (code != raw.SQLITE_OK) throw new InvalidDataException($"SQLite {code}");
        raw.sqlite3_busy_timeout(_handle, 10_000);
    }

    public override List<object?[]> Rows(string sql)
    {
        var code = raw.sqlite3_prepare_v2(_handle, sql, out var statement);
        if (code != raw.SQLITE_OK) throw new InvalidDataException(raw.sqlite3_errmsg(_handle).utf8_to_string());
        using (statement)
        {
            var rows = new List<object?[]>();
            while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                var row = new object?[raw.sqlite3_column_count(statement)];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = raw.sqlite3_column_type(statement, i) switch
                    {
                        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, i),
                        raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, i),
                        raw.SQLITE_NULL => null,
                        _ => raw.sqlite3_column_text(statement, i).utf8_to_string(),
                    };
                }

                rows.Add(row);
            }

            return code == raw.SQLITE_DONE ? rows : throw new InvalidDataException(raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }

    /// <summary>Runs a script of statements.</summary>
    public void Run(string script)
    {
        if (raw.sqlite3_exec(_handle, script) != raw.SQLITE_OK) throw new InvalidDataException(raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    public override IReadOnlyList<string> Breakage() => [.. Rows("PRAGMA integrity_check").Select(static row => (string)row[0]!).Where(static line => line != "ok")];

    public override void Dispose() => raw.sqlite3_close_v2(_handle);
}
