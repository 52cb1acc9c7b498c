using System.Globalization;
using System.Text;
using Journal.Hosting;
using Journal.Sqlite.Engine;
using Journal.Storage;
using Microsoft.Win32.SafeHandles;

namespace Journal.Sqlite.Opening;

/// <summary>
/// The right to put another file under a journal's name: one process at a time has it, and gives it back when it ends, however it ends. While it
/// is held, nobody writes to the journal.
/// </summary>
internal sealed class CareLock : IDisposable
{
    /// <summary>What the file is called that stands for the right, behind the journal's name.</summary>
    public const string Suffix = ".care";

    // Where SQLite locks: a connection holds a lock in the database as long as it is open, and one in the log's shared memory while it writes.
    private const long OpenLocks = 0x40000002, OpenLocksLength = 510;
    private const long WriteLock = 120;

    private readonly string _path;
    private readonly FileStream _claim;
    private readonly List<SafeFileHandle> _held = [];

    private CareLock(string path, FileStream claim) => (_path, _claim) = (path, claim);

    /// <summary>Takes it.</summary>
    /// <param name="journal">The journal's full path.</param>
    /// <param name="doing">What for, for whoever comes meanwhile.</param>
    /// <exception cref="JournalException">CareUnderWay, JournalAccessDenied.</exception>
    public static CareLock Take(string journal, string doing) =>
        TryTake(journal, doing) ?? throw JournalErrors.CareUnderWay(journal, WhoHas(journal + Suffix));

    /// <summary>Takes it, if nobody has it.</summary>
    public static CareLock? TryTake(string journal, string doing)
    {
        var path = journal + Suffix;
        while (true)
        {
            FileStream claim;
            try
            {
                if (new FileInfo(path).LinkTarget is not null) throw JournalErrors.JournalAccessDenied(journal, $"'{path}' is a link.");
                var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                claim = new FileStream(path, options);
            }
            catch (UnauthorizedAccessException e)
            {
                throw JournalErrors.JournalAccessDenied(journal, e.Message, e);
            }
            catch (IOException e) when (e is DirectoryNotFoundException || !File.Exists(path))
            {
                if (Directory.Exists(Path.GetDirectoryName(path))) continue;
                throw JournalErrors.JournalAccessDenied(journal, e.Message, e);
            }
            catch (IOException)
            {
                return null;
            }

            // Whoever had it before removed the file: then this is a lock on nothing. On Windows nobody removes a file that is open, nor looks into it.
            if (!OperatingSystem.IsWindows() && SystemCalls.Facts(claim.SafeFileHandle)?.Identity != SystemCalls.Facts(path)?.Identity)
            {
                claim.Dispose();
                continue;
            }

            var who = string.Create(CultureInfo.InvariantCulture, $"{doing} by process {Environment.ProcessId} on {Environment.MachineName}");
            Tell(claim, who);
            return new CareLock(path, claim);
        }
    }

    private static void Tell(FileStream claim, string who)
    {
        try
        {
            claim.SetLength(0);
            RandomAccess.Write(claim.SafeFileHandle, Encoding.UTF8.GetBytes(who), 0);
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            // The disk is full. It is held all the same.
        }
    }

    /// <summary>Sees to it that nobody writes to the journal until this is disposed, and that nobody has it open, unless that is overruled.</summary>
    /// <param name="journal">The journal, which exists.</param>
    /// <param name="force">Whether sessions that have it open are left to find out.</param>
    /// <param name="patience">How long to wait for whoever is writing.</param>
    /// <exception cref="JournalException">JournalInUse, JournalBusy.</exception>
    public void ShutOut(string journal, bool force, TimeSpan patience)
    {
        var main = File.OpenHandle(journal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _held.Add(main);
        if (SystemCalls.TryLock(main, OpenLocks, OpenLocksLength) is not false) return;
        if (!force) throw JournalErrors.JournalInUse(journal, "it is open in another session or run");
        HoldClosing(journal, patience);
        // Whoever has it open has its log open, too, and with it the memory in which writers lock each other out.
        using var opening = OwnOpening(journal, patience);
        if (!File.Exists(journal + "-shm")) return;
        var shared = File.OpenHandle(journal + "-shm", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _held.Add(shared);
        if (!Patience.Try(patience, () => SystemCalls.TryLock(shared, WriteLock, 1) is not false)) throw JournalErrors.JournalBusy(journal, patience);
    }

    /// <summary>Sees to it that nobody who closes the journal removes its log, see <see cref="NameUse.Closing"/>.</summary>
    /// <param name="journal">The journal; nothing is done where there is none.</param>
    /// <param name="patience">How long to wait for those who close it.</param>
    /// <exception cref="JournalException">JournalBusy.</exception>
    public void HoldClosing(string journal, TimeSpan patience)
    {
        if (Own(journal, NameUse.Closing, patience) is { } held) _held.Add(held);
    }

    /// <summary>Sees to it that nobody opens the journal until the handle is closed, see <see cref="NameUse.Opening"/>. Only for moments: even readers wait.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="patience">How long to wait for those who are opening it.</param>
    /// <returns>Null where there is no journal.</returns>
    /// <exception cref="JournalException">JournalBusy.</exception>
#pragma warning disable CA1822 // It takes the right to: only whoever has it may ask.
    public SafeFileHandle? OwnOpening(string journal, TimeSpan patience) => Own(journal, NameUse.Opening, patience);
#pragma warning restore CA1822

    private static SafeFileHandle? Own(string journal, NameUse use, TimeSpan patience)
    {
        if (!File.Exists(journal)) return null;
        var held = default(SafeFileHandle);
        if (!Patience.Try(patience, () => (held = NameLock.TryOwn(journal, use)) is not null)) throw JournalErrors.JournalBusy(journal, patience);
        return held;
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        foreach (var handle in _held) handle.Dispose();
        // Only by whoever can tell a removed file from another one is it removed.
        if (OperatingSystem.IsLinux()) File.Delete(_path);
        _claim.Dispose();
    }

    private static string WhoHas(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd() is { Length: > 0 } who ? who : "it is in the care of another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "it is in the care of another process";
        }
    }
}
