using System.Diagnostics;
using System.Globalization;

namespace Journal.Torture.Injuring;

/// <summary>A small file system in memory, where that is allowed, to be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Megabytes = 192;

    public SmallDisk(string directory, bool mounts)
    {
        Directory = System.IO.Directory.CreateDirectory(directory).FullName;
        IsMounted = mounts && Native.IsRoot && Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m,mode=755"), "torture", Directory);
    }

    public string Directory { get; }

    /// <summary>Whether it is a disk of its own; else it is a directory like any other.</summary>
    public bool IsMounted { get; }

    private string Filler => Path.Combine(Directory, "filler");

    /// <summary>Leaves so many bytes free.</summary>
    public void Fill(long leave)
    {
        var size = Math.Max(0, new DriveInfo(Directory).AvailableFreeSpace - leave);
        try
        {
            // Really allocated, not a hole.
            new FileStream(Filler, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = size }).Dispose();
        }
        catch (IOException)
        {
            // Full earlier than thought, which is as good.
        }
    }

    public void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        if (IsMounted) Run("umount", "-l", Directory);
    }

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
