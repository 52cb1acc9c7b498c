using System.Runtime.InteropServices;

namespace Journal.Torture.Injuring;

/// <summary>What .NET does not offer of the system.</summary>
internal static partial class Native
{
    public const int SigKill = 9;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    private const int SigFileTooLarge = 25;
    private const int LimitFileSize = 1;
    private const nint Ignore = 1;

    public static bool IsRoot => OperatingSystem.IsLinux() && geteuid() == 0;

    /// <summary>Sends a signal. A process that has ended meanwhile is no error.</summary>
    public static void Kill(int process, int signal) => _ = kill(process, signal);

    /// <summary>Ends this process as a kill does, at once. The first process of a namespace cannot kill itself.</summary>
    public static void Die() => _exit(128 + SigKill);

    /// <summary>Gives a file to a user, where it is there.</summary>
    public static void Give(string path, int user) => _ = chown(path, (uint)user, (uint)user);

    /// <summary>No file can grow beyond this: a write that would fails as it does on a full disk.</summary>
    public static void LimitFiles(long bytes)
    {
        _ = signal(SigFileTooLarge, Ignore);
        var limit = new Limit { Now = (ulong)bytes, Most = (ulong)bytes };
        if (setrlimit(LimitFileSize, in limit) != 0) throw new InvalidOperationException("setrlimit failed.");
    }

    /// <summary>Gives a file a second name (a hard link), where it can.</summary>
    public static void Link(string path, string name) => _ = link(path, name);

    public static void BecomeUser(int user)
    {
        if (setgid((uint)user) != 0 || setuid((uint)user) != 0) throw new InvalidOperationException("setuid failed.");
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial void _exit(int code);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string name);

    [LibraryImport("libc")]
    private static partial nint signal(int signal, nint handler);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in Limit limit);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial int setuid(uint user);

    [LibraryImport("libc")]
    private static partial int setgid(uint group);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Now;
        public ulong Most;
    }
}
