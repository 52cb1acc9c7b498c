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
