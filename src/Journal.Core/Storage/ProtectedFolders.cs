namespace Journal.Storage;

/// <summary>Folders in which nothing is ever deleted on a journal's word: the system's, and those that hold more than a batch's work.</summary>
public static class ProtectedFolders
{
    private static readonly StringComparison PathComparison =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static readonly string[] OfTheSystem = OperatingSystem.IsWindows()
        ? [.. new[] { Environment.SpecialFolder.Windows, Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.CommonApplicationData }.Select(Environment.GetFolderPath).Where(static path => path.Length > 0)]
        : ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/lib", "/var/spool", "/System", "/Library", "/Applications"];

    /// <summary>Whether a folder is a root or lies right under one, is the user's home or lies above it, is hidden in it, or is the system's.</summary>
    /// <param name="folder">A full path without links.</param>
    public static bool Covers(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(folder);
        if (Path.GetDirectoryName(path) is not { } parent || Path.GetDirectoryName(parent) is null) return true;
        if (OfTheSystem.Any(system => IsWithin(path, system))) return true;
        var home = Path.TrimEndingDirectorySeparator(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));
        return home.Length > 0 && (IsWithin(home, path) || path.StartsWith(home + Path.DirectorySeparatorChar + ".", PathComparison) && !IsWithin(path, Path.Combine(home, ".cache")));
    }

    private static bool IsWithin(string path, string folder) =>
        string.Equals(path, folder, PathComparison) || path.StartsWith(folder + Path.DirectorySeparatorChar, PathComparison);
}
