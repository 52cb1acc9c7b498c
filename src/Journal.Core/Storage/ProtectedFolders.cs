namespace Journal.Storage;

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
        if (OfTheSystem.Any(system => IsWithin(path, system))) return true;
        var home = Path.TrimEndingDirectorySeparator(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));
        return home.Length > 0 && (IsWithin(home, path) || path.StartsWith(home + Path.DirectorySeparatorChar + ".", FilePaths.Comparison) && !IsWithin(path, Path.Combine(home, ".cache")));
    }

    private static bool IsWithin(string path, string folder) =>
        string.Equals(path, folder, FilePaths.Comparison) || path.StartsWith(folder + Path.DirectorySeparatorChar, FilePaths.Comparison);
}
