using System.Collections.Concurrent;
using Journal.Workers;

namespace Journal.Storage;

/// <summary>Whether a journal lies where file locks cannot be trusted, or where other machines reach it.</summary>
public static class NetworkFileSystem
{
    private static readonly string[] Formats = ["nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "davfs", "webdav"];

    // What a machine mounts by itself. What is not known may be shared by many: clusters have file systems of their own.
    private static readonly string[] OfOneMachine =
        ["ext2", "ext3", "ext4", "ext2/ext3", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "bcachefs", "overlay", "overlayfs", "tmpfs", "ramfs", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "refs", "fat32", "apfs", "hfs"];

    private static readonly ConcurrentDictionary<string, bool> Known = new(StringComparer.Ordinal);

    /// <summary>Whether no other machine reaches a journal: it is a file on a file system that one machine alone mounts.</summary>
    /// <param name="location">A full path, or an address. What was found is remembered.</param>
    public static bool IsOfThisMachine(string location) => Known.GetOrAdd(location, static place =>
    {
        if (JournalLocation.IsPostgres(place) || NameOf(place) is not null) return false;
        try
        {
            var drive = new DriveInfo(ExistingPartOf(place));
            return drive.DriveType is not DriveType.Network && OfOneMachine.Contains(drive.DriveFormat, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    });

    /// <summary>Whether the worker of a task in a journal lives; Unknown where it is not known who that is.</summary>
    /// <param name="processes">Who lives here.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="location">The journal.</param>
    public static Liveness Probe(this IProcessTable processes, WorkerIdentity? worker, string location) =>
        worker is null ? Liveness.Unknown : processes.Probe(worker, IsOfThisMachine(location));

    /// <summary>The name of the network file system that a path lies on; null for a local one, an address, or where it cannot be told.</summary>
    /// <param name="path">A full path, which need not exist.</param>
    public static string? NameOf(string path)
    {
        if (JournalLocation.IsPostgres(path)) return null;
        try
        {
            if (OperatingSystem.IsWindows() && IsUnc(path)) return "UNC";
            var drive = new DriveInfo(ExistingPartOf(path));
            if (drive.DriveType is DriveType.Network) return drive.DriveFormat;
            return Formats.Any(format => drive.DriveFormat.StartsWith(format, StringComparison.OrdinalIgnoreCase)) ? drive.DriveFormat : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string ExistingPartOf(string path)
    {
        var existing = path;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { Length: > 0 } parent) existing = parent;
        return existing;
    }

    // \\?\C:\ is a path of this machine in another spelling.
    private static bool IsUnc(string path) =>
        path.StartsWith(@"\\?\", StringComparison.Ordinal) ? path.StartsWith(@"\\?\UNC\", StringComparison.OrdinalIgnoreCase) : path.StartsWith(@"\\", StringComparison.Ordinal);
}
