using SQLitePCL;

namespace Journal.Sqlite.Engine;

/// <summary>SQLite's result codes as the journal's errors: nothing of the engine leaves the store.</summary>
internal static class EngineFailures
{
    private const int PrimaryCode = 0xff;

    public static JournalException From(int code, string message, string path, TimeSpan waited)
    {
        var detail = $"{message} (SQLite {code}).";
        return (code & PrimaryCode) switch
        {
            // PROTOCOL is what WAL says when it has lost the race for its locks too often.
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => JournalErrors.JournalBusy(path, waited, new EngineException(detail)),
            raw.SQLITE_CORRUPT => JournalErrors.JournalCorrupt(path, $"{message}; SQLite {code}", new EngineException(detail)),
            // Our own statements and rows are right, so what SQLite finds wrong with them comes from a file that is not as we wrote it.
            raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_SCHEMA or raw.SQLITE_TOOBIG => JournalErrors.JournalCorrupt(path, $"{message}; SQLite {code}", new EngineException(detail)),
            raw.SQLITE_NOTADB => JournalErrors.NotAJournal(path, $"{message}; if it was one, it is damaged: Test-Journal tells, Repair-Journal sets it aside"),
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_READONLY => JournalErrors.JournalAccessDenied(path, detail, new EngineException(detail)),
            _ => JournalErrors.JournalWriteFailed(path, detail, new EngineException(detail)),
        };
    }

    /// <summary>Whether an exception says that a row holds what no journal writes: a time beyond all times, text that is not the JSON it should be.</summary>
    public static bool IsOfARow(Exception e) => e is ArgumentException or FormatException or OverflowException or System.Text.Json.JsonException;

    /// <summary>The journal's error for a row that cannot be read.</summary>
    public static JournalException OfARow(Exception e, string path) => JournalErrors.JournalCorrupt(path, $"a row holds what no journal writes: {e.Message}", e);
}

/// <summary>What SQLite said, as the inner exception of the journal's error.</summary>
internal sealed class EngineException(string message) : Exception(message);
