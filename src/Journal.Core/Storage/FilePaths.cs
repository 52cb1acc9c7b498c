using Journal.Hosting;

namespace Journal.Storage;

/// <summary>What the system's file names have of their own: case, devices, streams, and files that another program holds for a moment.</summary>
public static class FilePaths
{
    // Together about two seconds: a scanner lets go within milliseconds, and a file that is open in an editor never.
    private const int Tries = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(15);

    /// <summary>How paths are compared here: without regard to case where the system's own file system ignores it.</summary>
    public static StringComparison Comparison { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The same as a comparer.</summary>
    public static StringComparer Comparer { get; } = StringComparer.FromComparison(Comparison);

    /// <summary>Whether a path is a folder's, or that of something in it. Both are full, and links are not followed.</summary>
    public static bool IsWithin(string path, string folder) =>
        string.Equals(path, folder, Comparison) || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, Comparison);

    /// <summary>Whether two full paths, or two addresses of servers, are the same to this system. Links are not followed.</summary>
    public static bool Same(string left, string? right) => string.Equals(left, right, JournalLocation.IsPostgres(left) ? StringComparison.Ordinal : Comparison);

    /// <summary>Why a full path can be no file's, or null. A file need not exist.</summary>
    /// <param name="path">A full path, as the system gives it: Windows turns <c>C:\data\nul</c> into <c>\\.\nul</c>.</param>
    public static string? Problem(string path) => OperatingSystem.IsWindows() ? ProblemOnWindows(Path.GetFullPath(path)) : null;

    /// <summary>The same for a path of Windows.</summary>
    internal static string? ProblemOnWindows(string path)
    {
        // \\?\C:\ and \\.\C:\ are the disk in another spelling; what else stands behind \\.\ is no disk's.
        var isDevicePath = path.StartsWith(@"\\.\", StringComparison.Ordinal) || path.StartsWith(@"\\?\", StringComparison.Ordinal);
        var rest = isDevicePath ? path[4..] : path;
        var hasDrive = rest.Length > 1 && rest[1] == ':' && char.IsAsciiLetter(rest[0]);
        if (path.StartsWith(@"\\.\", StringComparison.Ordinal) && !hasDrive) return $"'{rest}' is the name of a device, not of a file.";
        return rest.IndexOf(':', hasDrive ? 2 : 0) >= 0 ? "a name on Windows holds no ':'; it would be a hidden stream of another file." : null;
    }

    /// <summary>Renames a file. On Windows a file that a scanner or an editor holds for a moment is tried again, for about two seconds.</summary>
    /// <exception cref="IOException">It cannot be renamed; also UnauthorizedAccessException.</exception>
    public static void Move(string from, string to, bool replace = false) =>
        Retrying(() => File.Move(from, to, replace), static pause => Task.Delay(pause, TimeProvider.System).GetAwaiter().GetResult(), OperatingSystem.IsWindows());

    /// <summary>Does something that a file held by another program can fail, with longer and longer pauses between the tries.</summary>
    internal static void Retrying(Action action, Action<TimeSpan> wait, bool isWindows)
    {
        for (var pause = FirstPause; ; pause *= 2)
        {
            try
            {
                action();
                return;
            }
            catch (Exception e) when (isWindows && IsHeld(e) && pause < FirstPause * (1 << (Tries - 1)))
            {
                wait(pause);
            }
        }
    }

    // ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION.
    private static bool IsHeld(Exception e) => e is UnauthorizedAccessException || e is IOException && (e.HResult & 0xFFFF) is 5 or 32 or 33;
}

/// <summary>The path of a file behind the links that lead to it.</summary>
internal static class RealPath
{
    // More links than this in one path are a loop.
    private const int MaxLinks = 40;

    /// <summary>The path with every link in it resolved; null for a loop of links. Parts that do not exist stay as they are.</summary>
    /// <param name="path">A full path.</param>
    public static string? Of(string path)
    {
        var links = 0;
        var pending = new Stack<string>(Enumerable.Reverse(Parts(path)));
        var real = Path.GetPathRoot(path)!;
        while (pending.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks) return null;
            var full = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(full)!;
            foreach (var step in Enumerable.Reverse(Parts(full))) pending.Push(step);
        }

        return real;
    }

    /// <summary>The same path with its last part in the case in which it is kept, where another case means the same file.</summary>
    public static string InItsCase(string path)
    {
        var name = Path.GetFileName(path);
        var other = string.Concat(name.Select(static letter => char.IsUpper(letter) ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter)));
        var folder = Path.GetDirectoryName(path);
        if (folder is null || name == other || SystemCalls.Facts(path) is not { } facts || SystemCalls.Facts(Path.Combine(folder, other))?.Identity != facts.Identity) return path;
        try
        {
            var all = Directory.EnumerateFiles(folder).Where(file => string.Equals(Path.GetFileName(file), name, StringComparison.OrdinalIgnoreCase)).ToList();
            // Two names that differ in case alone are two links to one file.
            return all is [var kept] ? kept : path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    private static string[] Parts(string path) =>
        path[Path.GetPathRoot(path)!.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Folders in which nothing is ever deleted on a journal's word: the system's, and those that hold more than a batch's work.</summary>
public static class ProtectedFolders
{
    private static readonly string[] OfTheSystem = OperatingSystem.IsWindows()
        ? [.. new[] { Environment.SpecialFolder.Windows, Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.CommonApplicationData }.Select(Environment.GetFolderPath).Where(static path => path.Length > 0)]
        : ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/lib", "/var/spool", "/System", "/Library", "/Applications"];

    // What Windows itself keeps right under the root of any disk.
    private static readonly string[] OfADisk = ["$Recycle.Bin", "System Volume Information", "Recovery", "Boot", "EFI", "PerfLogs", "Documents and Settings"];

    /// <summary>
    /// Whether a folder is a root or lies right under one, is the user's home or lies above it, is hidden in it, or is the system's. On Windows
    /// a folder right under the root of a disk is an ordinary one (<c>D:\work</c>), but for those of the system.
    /// </summary>
    /// <param name="folder">A full path without links.</param>
    public static bool Covers(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(folder);
        if (Path.GetDirectoryName(path) is not { } parent) return true;
        if (Path.GetDirectoryName(parent) is null && (!OperatingSystem.IsWindows() || OfADisk.Contains(Path.GetFileName(path), StringComparer.OrdinalIgnoreCase))) return true;
        if (OfTheSystem.Any(system => FilePaths.IsWithin(path, system))) return true;
        var home = Path.TrimEndingDirectorySeparator(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));
        return home.Length > 0 && (FilePaths.IsWithin(home, path) || path.StartsWith(home + Path.DirectorySeparatorChar + ".", FilePaths.Comparison) && !FilePaths.IsWithin(path, Path.Combine(home, ".cache")));
    }
}
