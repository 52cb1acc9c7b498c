using Journal.Hosting;
using Microsoft.Win32.SafeHandles;

namespace Journal.Sqlite.Engine;

/// <summary>What somebody does who needs a journal's name to mean the same file, and the same log, from beginning to end.</summary>
internal enum NameUse
{
    /// <summary>Closing: the last connection to close merges the log and removes it by its name, which after an exchange is that of another journal's log.</summary>
    Closing,

    /// <summary>
    /// Opening: the database and its log are opened one after the other, each by its name. Between the two, an exchange that is begun and undone again leaves a
    /// connection with the right database and a log of its own, which nobody else reads: what it commits is lost, and what it merges destroys the journal.
    /// </summary>
    Opening,
}

/// <summary>Between those who open or close a journal, who share this lock, and those who put another file under its name, who own it.</summary>
/// <remarks>A lock of the open file, where the system has such locks (Linux); elsewhere it is always free.</remarks>
internal static class NameLock
{
    // Behind all that SQLite locks.
    private const long Start = 0x40000400, Length = 1;

    /// <summary>For one who opens or closes: as long as the handle is open, nobody exchanges the file.</summary>
    /// <returns>Null where somebody does, or nothing has the name any more.</returns>
    public static SafeFileHandle? TryShare(string journal, NameUse use)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (SystemCalls.TryLock(file, Start + (long)use, Length, isShared: true) is not false) return file;
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            // Moved, deleted, or not to be read any more.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>For one who exchanges: as long as the handle is open, nobody opens or closes the journal.</summary>
    /// <returns>Null where somebody is just doing that.</returns>
    public static SafeFileHandle? TryOwn(string journal, NameUse use)
    {
        var file = File.OpenHandle(journal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (SystemCalls.TryLock(file, Start + (long)use, Length) is not false) return file;
        file.Dispose();
        return null;
    }
}
