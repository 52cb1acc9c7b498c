using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Journal.Hosting;
using Journal.Workers;

namespace Journal.Storage;

/// <summary>
/// A file in the making: it lies in the folder where it shall be, under a name that nobody can know before, its owner alone can read it, and it gets
/// its own name when it is whole. What a process that was killed left of one is known by its name, and removed.
/// </summary>
public sealed class NewFile : IDisposable
{
    private const string Extension = ".partial";

    // A worker of another machine, or of another boot, cannot be asked; nobody writes to a file of its own for a day without a pause.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);
    private static readonly string[] Logs = ["-journal", "-wal"];
    private static readonly string[] Parts = ["", .. Logs, "-shm"];

    private FileIdentity? _identity;

    private NewFile(string path) => Path = path;

    /// <summary>Its name for now.</summary>
    public string Path { get; }

    /// <summary>Makes an empty file, for its owner alone.</summary>
    /// <param name="target">The full path that it is made for.</param>
    /// <exception cref="IOException">The system refused.</exception>
    public static NewFile For(string target)
    {
        var me = ProcessTable.Instance.Self;
        var file = new NewFile(string.Create(CultureInfo.InvariantCulture, $"{target}.{SpaceOf(me)}-{me.ProcessId}-{me.ProcessStart}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}{Extension}"));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(file.Path, options).Dispose();
        file._identity = SystemCalls.Facts(file.Path)?.Identity;
        return file;
    }

    /// <summary>Gives it its name, if no file has that; what was written is on the disk then.</summary>
    /// <exception cref="IOException">There is such a file, or the system refused; then it keeps its name for now.</exception>
    public void MoveTo(string target)
    {
        Sync();
        SystemCalls.MoveToFreeName(Path, target);
        SystemCalls.SyncFolder(System.IO.Path.GetDirectoryName(target)!);
    }

    /// <summary>The same, with the first name of several that is free.</summary>
    /// <returns>The name that it has.</returns>
    public string MoveToFirstFree(IEnumerable<string> targets)
    {
        foreach (var target in targets)
        {
            try
            {
                if (System.IO.Path.Exists(target)) continue;
                MoveTo(target);
                return target;
            }
            catch (IOException) when (System.IO.Path.Exists(target) && File.Exists(Path))
            {
                // Somebody else took the name in the same moment.
            }
        }

        throw new IOException("No name is free.");
    }

    /// <summary>Puts what was written on the disk.</summary>
    /// <exception cref="IOException">The system refused; or what was written last lies in a log beside it still, which would not get a name with it.</exception>
    public void Sync()
    {
        if (Logs.Select(end => Path + end).FirstOrDefault(static log => new FileInfo(log) is { Exists: true, Length: > 0 }) is { } left) throw new IOException($"'{left}' could not be merged into its file.");
        using var handle = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Removes it, if it got no name.</summary>
    public void Dispose()
    {
        // Another file may have got the name: it is not this one's to remove.
        if (SystemCalls.Facts(Path) is { } now && now.Identity == _identity) Remove(Path);
    }

    /// <summary>Removes what processes that do not live any more left of files that they made for a name.</summary>
    /// <param name="folder">Where they would lie.</param>
    /// <param name="name">How the names begin that they were made for.</param>
    public static void RemoveLeftovers(string folder, string name)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, name + "*" + Extension))
            {
                if (IsLeftover(path)) Remove(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They cost space, and nothing else.
        }
    }

    private static bool IsLeftover(string path)
    {
        var me = ProcessTable.Instance.Self;
        var file = System.IO.Path.GetFileName(path)[..^Extension.Length];
        if (file[(file.LastIndexOf('.') + 1)..].Split('-') is not [var space, var number, var start, { Length: 16 }] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var process)) return false;
        if (space != SpaceOf(me)) return TimeProvider.System.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > Abandoned;
        if (process == me.ProcessId && start == me.ProcessStart) return false;
        return ProcessTable.Instance.Probe(me with { ProcessId = process, ProcessStart = start, Nonce = "" }) is Liveness.Dead;
    }

    private static void Remove(string path)
    {
        foreach (var part in Parts)
        {
            try
            {
                File.Delete(path + part);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next one to make a file here removes it.
            }
        }
    }

    private static string SpaceOf(WorkerIdentity worker) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(worker.Host + worker.ProcessSpace)), 0, 4);
}
