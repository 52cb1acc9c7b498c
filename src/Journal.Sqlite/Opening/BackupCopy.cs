using Journal.Hosting;
using Journal.Sqlite.Engine;
using Journal.Storage;

namespace Journal.Sqlite.Opening;

/// <summary>Copies a journal while others write to it.</summary>
internal static class BackupCopy
{
    /// <summary>Writes a copy that appears under its name only when it is whole, and that its owner alone can read.</summary>
    /// <param name="source">The journal.</param>
    /// <param name="path">The copy's full path.</param>
    /// <param name="lockTimeout">How long to wait for locks.</param>
    /// <param name="replace">Whether a file that has the name is replaced; a link is, not what it points to.</param>
    /// <exception cref="JournalException">JournalAccessDenied, JournalWriteFailed, JournalCorrupt.</exception>
    public static void Write(Database source, string path, TimeSpan lockTimeout, bool replace = false)
    {
        try
        {
            NewFile.RemoveLeftovers(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            using var copy = NewFile.For(path);
            Fill(copy, source, lockTimeout);
            if (!replace)
            {
                copy.MoveTo(path);
                return;
            }

            copy.Sync();
            File.Move(copy.Path, path, overwrite: true);
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            throw JournalErrors.JournalWriteFailed(path, e.Message, e);
        }
    }

    /// <summary>Copies a journal, as it is at one instant, into an empty file.</summary>
    public static void Fill(NewFile copy, Database source, TimeSpan lockTimeout)
    {
        using var target = Database.Open(copy.Path, OpenMode.ReadWrite, lockTimeout);
        source.CopyTo(target);
        // A backup that cannot be restored is worse than none, for it is relied on.
        if (target.FindDamage() is { } problem) throw JournalErrors.JournalCorrupt(source.Path, $"a copy of it is not sound: {problem}");
    }
}
