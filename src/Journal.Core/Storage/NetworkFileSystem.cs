namespace Journal.Storage;

/// <summary>Whether a journal lies where file locks cannot be trusted.</summary>
public static class NetworkFileSystem
{
    private static readonly string[] Formats = ["nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "davfs", "webdav"];

    /// <summary>The name of the network file system that a path lies on; null for a local one, an address, or where it cannot be told.</summary>
    /// <param name="path">A full path, which need not exist.</param>
    public static string? NameOf(string path)
    {
        if (JournalLocation.IsPostgres(path)) return null;
        try
        {
            if (OperatingSystem.IsWindows() && path.StartsWith(@"\\", StringComparison.Ordinal)) return "UNC";
            var existing = path;
            while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { Length: > 0 } parent) existing = parent;
            var drive = new DriveInfo(existing);
            if (drive.DriveType is DriveType.Network) return drive.DriveFormat;
            return Formats.Any(format => drive.DriveFormat.StartsWith(format, StringComparison.OrdinalIgnoreCase)) ? drive.DriveFormat : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
