using Journal.Sqlite.Engine;
using Journal.Storage;

namespace Journal.Sqlite.Opening;

/// <summary>Copies a journal while others write to it.</summary>
internal static class BackupCopy
{
    /// <summary>Writes a copy that appears under its name only when it is whole.</summary>
    /// <exception cref="JournalException">JournalAccessDenied, JournalWriteFailed.</exception>
    public static void Write(Database source, string path, TimeSpan lockTimeout)
    {
        var partial = path + ".partial";
        try
        {
            File.Delete(partial);
            JournalFile.Make(partial);
            using (var target = Database.Open(partial, OpenMode.ReadWrite, lockTimeout))
            {
                source.CopyTo(target);
                // A backup that cannot be restored is worse than none, for it is relied on.
                if (target.FindDamage() is { } problem) throw JournalErrors.JournalCorrupt(source.Path, $"a copy of it is not sound: {problem}");
            }

            FilePaths.Move(partial, path, replace: true);
        }
        catch (JournalException)
        {
            File.Delete(partial);
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalWriteFailed(path, e.Message, e);
        }
    }
}
