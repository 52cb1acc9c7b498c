using Journal.Hosting;
using Microsoft.Win32.SafeHandles;

namespace Journal.Sqlite.Engine;

/// <summary>
/// Between those who close a journal and those who put another file under its name. The last connection to close merges the log and removes it, by its
/// name; after an exchange that is the name of another journal's log. So whoever closes holds this lock with others of its kind, and whoever exchanges alone.
/// </summary>
/// <remarks>A lock of the open file, where the system has such locks (Linux); elsewhere it is always free.</remarks>
internal static class ClosingLock
{
    // Behind all that SQLite locks.
    private const long Start = 0x40000400, Length = 1;

    /// <summary>For one who closes: as long as the handle is open, nobody exchanges the file.</summary>
    /// <returns>Null where somebody does, or nothing has the name any more: then the log is to be left alone.</returns>
    public static SafeFileHandle? TryShare(string journal)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (SystemCalls.TryLock(file, Start, Length, isShared: true) is not false) return file;
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            // Moved, deleted, or not to be read any more.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>For one who exchanges: as long as the handle is open, nobody who closes the journal removes its log.</summary>
    /// <returns>Null where somebody is closing it.</returns>
    public static SafeFileHandle? TryOwn(string journal)
    {
        var file = File.OpenHandle(journal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (SystemCalls.TryLock(file, Start, Length) is not false) return file;
        file.Dispose();
        return null;
    }
}
