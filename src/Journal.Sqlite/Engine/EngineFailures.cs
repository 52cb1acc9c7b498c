using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Journal.Sqlite.Engine;

/// <summary>SQLite's result codes as the journal's errors: nothing of the engine leaves the store.</summary>
internal static class EngineFailures
{
    private const int PrimaryCode = 0xff;

    public static JournalException From(int code, string message, string path, TimeSpan waited)
    {
        var detail = $"{message} (SQLite {code}).";
        var inner = new SqliteException(detail, code & PrimaryCode, code);
        return inner.SqliteErrorCode switch
        {
            // PROTOCOL is what WAL says when it has lost the race for its locks too often.
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => JournalErrors.JournalBusy(path, waited, inner),
            raw.SQLITE_CORRUPT => JournalErrors.JournalCorrupt(path, $"{message}; SQLite {code}", inner),
            // Our own statements and rows are right, so what SQLite finds wrong with them comes from a file that is not as we wrote it.
            raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_SCHEMA or raw.SQLITE_TOOBIG => JournalErrors.JournalCorrupt(path, $"{message}; SQLite {code}", inner),
            raw.SQLITE_NOTADB => JournalErrors.NotAJournal(path, $"{message}; if it was one, it is damaged: Test-Journal tells, Repair-Journal sets it aside"),
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_READONLY => JournalErrors.JournalAccessDenied(path, detail, inner),
            _ => JournalErrors.JournalWriteFailed(path, detail, inner),
        };
    }

    /// <summary>The same for what a connection threw.</summary>
    public static JournalException From(SqliteException e, string path, TimeSpan waited) =>
        From(e.SqliteExtendedErrorCode, raw.sqlite3_errstr(e.SqliteExtendedErrorCode).utf8_to_string(), path, waited);

    /// <summary>Whether an exception says that a row holds what no journal writes: a time beyond all times, text that is not the JSON it should be.</summary>
    public static bool IsOfARow(Exception e) => e is ArgumentException or FormatException or OverflowException or System.Text.Json.JsonException;

    /// <summary>The journal's error for a row that cannot be read.</summary>
    public static JournalException OfARow(Exception e, string path) => JournalErrors.JournalCorrupt(path, $"a row holds what no journal writes: {e.Message}", e);
}
