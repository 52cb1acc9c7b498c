using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Journal.Sqlite.Engine;

/// <summary>Locks that belong to the files that our SQLite has open, and not to the whole process.</summary>
/// <remarks>
/// A POSIX lock belongs to the process: where another module's SQLite opens the journal too, it does not see our locks, and when it closes the
/// file the system drops them. Two processes then write at once, and commits that were reported are gone. That is so with two copies of today's
/// SQLite (SqliteLockTests shows it without these locks and with them; Isolation.Tests.ps1 has processes at work meanwhile). Linux has locks
/// that belong to the open file; they and the POSIX locks of everybody else respect each other.
/// </remarks>
internal static unsafe class FileLocks
{
    private const int Get = 5;
    private const int Set = 6;
    private const int SetAndWait = 7;
    private const int ToOpenFile = 31;
    private const short Unlock = 2;
    private const int OpenForWriting = 0x80002;
    private const int OpenForReading = 0x80000;
    private const int InvalidArgument = 22;
    private const int TooManyFiles = 24;

    // Where SQLite locks the shared memory of its log; in the database itself it locks far behind.
    private const long EndOfLogLocks = 256;

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<(ulong Device, ulong Number), int> s_files = [];
    // Without a change of the thread's mode, in which the system's error could be overwritten before it is read.
    private static delegate* unmanaged[Cdecl, SuppressGCTransition]<int, int, nint, int> s_control;
    private static delegate* unmanaged[Cdecl]<byte*, int, int, int> s_open;
    private static delegate* unmanaged[Cdecl]<int, int> s_close;
    private static delegate* unmanaged[Cdecl]<int, byte*, int> s_status;
    private static bool s_refused;

    /// <summary>Gives SQLite these locks where the system has them; once for the process, before anything is opened.</summary>
    public static void Install()
    {
        // Elsewhere a call with a variable number of arguments passes them in another way, or the system has no such locks.
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64) || !Directory.Exists("/proc/self/fd")) return;
        var layer = SystemLayer.Default;
        if (layer is null || layer->Version < 3) return;
        var control = Find(layer, "fcntl\0"u8);
        var open = Find(layer, "open\0"u8);
        var close = Find(layer, "close\0"u8);
        var status = Find(layer, "fstat\0"u8);
        if (control == 0 || open == 0 || close == 0 || status == 0) return;
        s_control = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int, int, nint, int>)control;
        s_open = (delegate* unmanaged[Cdecl]<byte*, int, int, int>)open;
        s_close = (delegate* unmanaged[Cdecl]<int, int>)close;
        s_status = (delegate* unmanaged[Cdecl]<int, byte*, int>)status;
        fixed (byte* name = "fcntl\0"u8) layer->SetSystemCall(layer, name, (nint)(delegate* unmanaged[Cdecl]<int, int, nint, int>)&Control);
    }

    private static nint Find(SystemLayer* layer, ReadOnlySpan<byte> name)
    {
        fixed (byte* text = name) return layer->GetSystemCall(layer, text);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Control(int file, int command, nint argument)
    {
        if (command is not (Get or Set or SetAndWait) || s_refused) return s_control(file, command, argument);
        var range = (Range*)argument;
        // Not set by SQLite, and demanded by the system.
        range->Process = 0;
        // All connections share one open file for the shared memory: its locks are its own. Those of the database are taken through one
        // connection's file and released through another's, so one of ours holds them for all.
        int error;
        var result = range->Start is > 0 and < EndOfLogLocks ? Call(file, command + ToOpenFile, range, out error) : ControlDatabase(file, command, range, out error);
        if (result != 0 && error == InvalidArgument)
        {
            // An old system, or an imitation of one: it has none of them.
            s_refused = true;
            return s_control(file, command, argument);
        }

        // Last of all: this is what SQLite goes by.
        Marshal.SetLastSystemError(error);
        return result;
    }

    private static int Call(int file, int command, Range* range, out int error)
    {
        var result = s_control(file, command, (nint)range);
        error = result == 0 ? 0 : Marshal.GetLastSystemError();
        return result;
    }

    private static int ControlDatabase(int file, int command, Range* range, out int error)
    {
        lock (s_gate)
        {
            error = 0;
            if (!TryIdentify(file, out var identity)) return Failed(out error);
            if (!s_files.TryGetValue(identity, out var holder))
            {
                if (range->Type == Unlock && command != Get) return 0;
                holder = Reopen(file);
                if (holder < 0) return Failed(out error);
                s_files.Add(identity, holder);
            }

            var result = Call(holder, command + ToOpenFile, range, out error);
            // All of the file: SQLite has no lock on it any more.
            if (command != Get && range->Type == Unlock && range->Start == 0 && range->Length == 0)
            {
                s_files.Remove(identity);
                _ = s_close(holder);
            }

            return result;
        }
    }

    // No file of our own could be opened for the locks: too many are open.
    private static int Failed(out int error)
    {
        error = TooManyFiles;
        return -1;
    }

    // The same file, opened once more, also where it was renamed or removed since.
    private static int Reopen(int file)
    {
        Span<byte> path = stackalloc byte[32];
        if (!System.Text.Unicode.Utf8.TryWrite(path[..^1], $"/proc/self/fd/{file}", out var length)) return -1;
        path[length] = 0;
        fixed (byte* text = path)
        {
            var holder = s_open(text, OpenForWriting, 0);
            return holder >= 0 ? holder : s_open(text, OpenForReading, 0);
        }
    }

    private static bool TryIdentify(int file, out (ulong Device, ulong Number) identity)
    {
        // The structure of the system is longer than what is read of it here, and begins alike on both processors.
        var status = stackalloc byte[512];
        var known = s_status(file, status) == 0;
        identity = (((ulong*)status)[0], ((ulong*)status)[1]);
        return known;
    }

    /// <summary>The system's <c>struct flock</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Range
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
