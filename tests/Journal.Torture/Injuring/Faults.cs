using System.Diagnostics;
using System.Globalization;

namespace Journal.Torture.Injuring;

/// <summary>What is broken under the journal while workers work, or between their runs.</summary>
internal enum Fault
{
    None,
    ClockForward,
    ClockBack,
    DiskFull,
    FileLimit,
    NoPermission,
    LogDeleted,
    LogCut,
    LogFlipped,
    IndexDeleted,
}

/// <summary>The faults of files.</summary>
internal static class Faults
{
    /// <summary>All of them, in the order in which rounds go through them.</summary>
    public static IReadOnlyList<Fault> All { get; } = Enum.GetValues<Fault>()[1..];

    /// <summary>Whether committed work may be gone after it: the log holds what is not merged yet.</summary>
    public static bool LosesCommits(Fault fault) => fault is Fault.LogDeleted or Fault.LogCut or Fault.LogFlipped;

    /// <summary>Damages the side files of a journal that nobody has open.</summary>
    public static void Damage(Fault fault, string journal, Random dice)
    {
        var log = new FileInfo(journal + "-wal");
        switch (fault)
        {
            case Fault.LogDeleted: log.Delete(); break;
            case Fault.IndexDeleted: File.Delete(journal + "-shm"); break;
            case Fault.LogCut when log.Exists:
                using (var stream = log.OpenWrite()) stream.SetLength(dice.NextInt64(log.Length + 1));
                break;
            case Fault.LogFlipped when log is { Exists: true, Length: > 0 }:
                using (var stream = log.Open(FileMode.Open, FileAccess.ReadWrite))
                {
                    stream.Position = dice.NextInt64(log.Length);
                    var old = stream.ReadByte();
                    stream.Position--;
                    stream.WriteByte((byte)(old ^ (1 << dice.Next(8))));
                }

                break;
        }
    }

    /// <summary>Leaves so many bytes free on a small file system.</summary>
    /// <returns>The file that fills it, to be deleted.</returns>
    public static string Fill(string directory, long leave)
    {
        var filler = Path.Combine(directory, "filler");
        var size = Math.Max(0, new DriveInfo(directory).AvailableFreeSpace - leave);
        try
        {
            // Really allocated, not a hole.
            new FileStream(filler, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = size }).Dispose();
        }
        catch (IOException)
        {
            // Full earlier than thought, which is as good.
        }

        return filler;
    }

    /// <summary>Mounts a small file system in memory.</summary>
    /// <returns>Whether that is allowed here.</returns>
    public static bool Mount(string directory, int megabytes) =>
        Native.IsRoot && Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=755"), "torture", directory);

    public static void Unmount(string directory) => Run("umount", "-l", directory);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
