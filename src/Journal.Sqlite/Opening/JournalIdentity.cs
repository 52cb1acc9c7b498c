using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Opening;

/// <summary>Which journal a file is, or is a copy of: an id that a journal keeps from its beginning, and its backups with it.</summary>
internal static class JournalIdentity
{
    /// <summary>The id in an open journal.</summary>
    public static string? Read(Database database)
    {
        using var row = database.Prepare("SELECT id FROM identity");
        return row.Step() ? row.Text(0) : null;
    }

    /// <summary>The id in a file; null where it is no journal, is damaged, or is older than the id.</summary>
    public static string? Read(string path, OpenMode mode, TimeSpan lockTimeout)
    {
        try
        {
            using var database = Database.Open(path, mode, lockTimeout);
            return Schema.IsJournal(database) ? Read(database) : null;
        }
        catch (JournalException)
        {
            return null;
        }
    }
}
