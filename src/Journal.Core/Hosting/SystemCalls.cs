using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Journal.Hosting;

/// <summary>What tells one file from another, whatever their names.</summary>
/// <param name="Device">The file system that it lies on.</param>
/// <param name="Number">Its inode, or its file id on Windows.</param>
public readonly record struct FileIdentity(ulong Device, ulong Number);

/// <summary>A file as the system knows it.</summary>
/// <param name="Identity">Which file it is.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="IsRegular">Whether it is a file, and no device, pipe, socket or directory.</param>
public readonly record struct FileFacts(FileIdentity Identity, ulong Links, long Size, bool IsRegular);

/// <summary>The calls of the operating system that .NET does not offer. Where a system lacks one, the result says so and the caller does without.</summary>
public static partial class SystemCalls
{
    private const int NotPermitted = 1, NotThere = 2, Exists = 17, Invalid = 22, ReadOnlyFileSystem = 30;

    /// <summary>Whether an error says that the system refused something of a file. A limit on the size of files comes as an argument that is out of range.</summary>
    public static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <summary>What a name means now, through links.</summary>
    /// <returns>Null where nothing has that name, or where the system does not tell.</returns>
    public static FileFacts? Facts(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux()) return FactsOnLinux(path);
            if (OperatingSystem.IsMacOS()) return FactsOnMac(path);
            return OperatingSystem.IsWindows() ? FactsOnWindows(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What an open file is; null where the system does not tell.</summary>
    public static FileFacts? Facts(SafeFileHandle file)
    {
        const int ofTheFileItself = 0x1000;
        if (OperatingSystem.IsWindows()) return FactsOnWindows(file);
        return OperatingSystem.IsLinux() && statx((int)file.DangerousGetHandle(), "", ofTheFileItself, 0x7ff, out var facts) == 0 ? facts.ToFacts() : null;
    }

    /// <summary>Gives a file another name, and never writes over a file that has that name.</summary>
    /// <exception cref="IOException">There is such a file, or the system refused.</exception>
    public static void MoveToFreeName(string from, string to)
    {
        if (TryRename(from, to, exchange: false, out var error)) return;
        if (error == Exists) throw new IOException($"'{to}' is there already.");
        // On Unix .NET makes a second name and removes the first one, or copies into a file that must be new.
        File.Move(from, to, overwrite: false);
    }

    /// <summary>Exchanges two files of one folder in one step.</summary>
    /// <returns>False where the system cannot; then nothing was changed.</returns>
    public static bool TryExchange(string one, string other) => TryRename(one, other, exchange: true, out _);

    /// <summary>Puts the names in a folder on the disk. A system that cannot is left to its own ways.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = open(folder, 0);
        if (handle < 0) return;
        _ = fsync(handle);
        _ = close(handle);
    }

    /// <summary>Whether nobody at all can write to a file, because its file system is mounted for reading.</summary>
    public static bool IsOnReadOnlyFileSystem(string path)
    {
        const int forWriting = 2;
        if (OperatingSystem.IsWindows()) return false;
        return access(path, forWriting) != 0 && Marshal.GetLastPInvokeError() == ReadOnlyFileSystem;
    }

    /// <summary>Whether a process exists, of whatever user; null where the system does not tell.</summary>
    public static bool? ProcessExists(int processId)
    {
        const int noSuchProcess = 3;
        if (OperatingSystem.IsWindows() || processId <= 0) return null;
        if (kill(processId, 0) == 0) return true;
        return Marshal.GetLastPInvokeError() switch
        {
            NotPermitted => true,
            noSuchProcess => false,
            _ => null,
        };
    }

    /// <summary>The hardware's own id on macOS; empty where it is not told.</summary>
    public static string MacHostId()
    {
        try
        {
            Span<byte> id = stackalloc byte[16];
            Span<long> wait = [1, 0];
            return gethostuuid(ref id[0], ref wait[0]) == 0 ? Convert.ToHexString(id) : "";
        }
        catch (EntryPointNotFoundException)
        {
            return "";
        }
    }

    /// <summary>Gives a new file the mode and, where this account may, the owner of the one that it takes the place of.</summary>
    public static void TakeOver(string from, string to)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        const int here = -100;
        const uint basic = 0x7ff;
        if (!OperatingSystem.IsLinux() || statx(here, from, 0, basic, out var old) != 0 || statx(here, to, 0, basic, out var made) != 0) return;
        if ((old.User, old.Group) != (made.User, made.Group)) _ = chown(to, old.User, old.Group);
    }

    /// <summary>Takes a lock that belongs to an open file on a part of it; closing the file gives it back.</summary>
    /// <param name="file">The file: open for writing, or for reading where the lock is shared.</param>
    /// <param name="start">Where the part begins.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="isShared">Whether others may have such a lock, too.</param>
    /// <returns>Whether it was free; null where the system has no such locks.</returns>
    public static bool? TryLock(SafeFileHandle file, long start, long length, bool isShared = false)
    {
        const int setOfOpenFile = 37, again = 11, denied = 13;
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64)) return null;
        var range = new LockRange { Type = (short)(isShared ? 0 : 1), Start = start, Length = length };
        if (fcntl((int)file.DangerousGetHandle(), setOfOpenFile, ref range) == 0) return true;
        return Marshal.GetLastPInvokeError() is again or denied ? false : null;
    }

    private static bool TryRename(string from, string to, bool exchange, out int error)
    {
        const int here = -100;
        error = Invalid;
        try
        {
            int result;
            if (OperatingSystem.IsLinux()) result = renameat2(here, from, here, to, exchange ? 2u : 1u);
            else if (OperatingSystem.IsMacOS()) result = renamex_np(from, to, exchange ? 2u : 4u);
            else return false;
            error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
            return result == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static FileFacts? FactsOnLinux(string path)
    {
        const int here = -100;
        const uint basic = 0x7ff;
        if (statx(here, path, 0, basic, out var facts) != 0)
        {
            return Marshal.GetLastPInvokeError() == NotThere ? null : throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        }

        return facts.ToFacts();
    }

    private static FileFacts? FactsOnMac(string path)
    {
        Span<byte> facts = stackalloc byte[256];
        var result = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? stat(path, ref facts[0]) : stat_inode64(path, ref facts[0]);
        if (result != 0) return null;
        return new FileFacts(
            new FileIdentity(MemoryMarshal.Read<uint>(facts), MemoryMarshal.Read<ulong>(facts[8..])),
            MemoryMarshal.Read<ushort>(facts[6..]), MemoryMarshal.Read<long>(facts[96..]), (MemoryMarshal.Read<ushort>(facts[4..]) & 0xf000) == 0x8000);
    }

    private static FileFacts? FactsOnWindows(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return FactsOnWindows(handle);
    }

    private static FileFacts? FactsOnWindows(SafeFileHandle handle)
    {
        if (!GetFileInformationByHandle(handle, out var facts)) return null;
        return new FileFacts(
            new FileIdentity(facts.Volume, ((ulong)facts.IndexHigh << 32) | facts.IndexLow), facts.Links, (long)(((ulong)facts.SizeHigh << 32) | facts.SizeLow), IsRegular: true);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out LinuxFacts facts);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int stat(string path, ref byte facts);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int stat_inode64(string path, ref byte facts);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renamex_np(string from, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(int file);

    [LibraryImport("libc")]
    private static partial int close(int file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);

    // Elsewhere a call with a variable number of arguments passes them in another way.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int file, int command, ref LockRange range);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int gethostuuid(ref byte id, ref long wait);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, out WindowsFacts facts);

    /// <summary>The system's <c>struct statx</c>, which is the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct LinuxFacts
    {
        [FieldOffset(16)]
        public uint Links;
        [FieldOffset(20)]
        public uint User;
        [FieldOffset(24)]
        public uint Group;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Number;
        [FieldOffset(40)]
        public ulong Size;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;

        public readonly FileFacts ToFacts() => new(new FileIdentity(((ulong)DeviceMajor << 32) | DeviceMinor, Number), Links, (long)Size, (Mode & 0xf000) == 0x8000);
    }

    /// <summary>The system's <c>struct flock</c> on 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LockRange
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

    /// <summary>The system's <c>BY_HANDLE_FILE_INFORMATION</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 52)]
    private struct WindowsFacts
    {
        [FieldOffset(28)]
        public uint Volume;
        [FieldOffset(32)]
        public uint SizeHigh;
        [FieldOffset(36)]
        public uint SizeLow;
        [FieldOffset(40)]
        public uint Links;
        [FieldOffset(44)]
        public uint IndexHigh;
        [FieldOffset(48)]
        public uint IndexLow;
    }
}
