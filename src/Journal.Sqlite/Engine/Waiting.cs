using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Journal.Sqlite.Engine;

/// <summary>How another process's lock is waited for: in fractions of a millisecond at first, up to the store's timeout.</summary>
/// <remarks>
/// SQLite's own busy timeout waits longer and longer, up to 100 ms at a time: among writers without a pause it meets the lock free only by
/// chance. Four processes that write without a pause: by SQLite's own waiting the worst wait is 0.3 to 2.8 s, by ours 40 to 60 ms.
/// </remarks>
internal static unsafe partial class Waiting
{
    [ThreadStatic]
    private static long _waitingSince;

    /// <summary>Gives a connection our waiting.</summary>
    public static void Install(sqlite3 connection, TimeSpan timeout)
    {
        var milliseconds = (nint)Math.Min(timeout.TotalMilliseconds, int.MaxValue);
        _ = sqlite3_busy_handler(connection.DangerousGetHandle(), &OnBusy, milliseconds);
    }

    // A real clock and a real sleep: what is waited for is another process, which no injected clock moves.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnBusy(nint timeout, int count)
    {
        if (count == 0) _waitingSince = Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_waitingSince).TotalMilliseconds >= timeout) return 0;
        Pause(count);
        return 1;
    }

    /// <summary>A pause before another process is asked again, which tells nobody when it is done.</summary>
    /// <param name="count">How often it was asked before.</param>
    public static void Pause(int count)
    {
        // When others write without a pause, the lock is free only for an instant: asking once a millisecond misses it for seconds.
        var layer = SystemLayer.Default;
        _ = layer->Sleep(layer, count < 20 ? 100 : count < 100 ? 500 : 1000);
    }

    [LibraryImport("e_sqlite3")]
    private static partial int sqlite3_busy_handler(nint connection, delegate* unmanaged[Cdecl]<nint, int, int> handler, nint argument);
}

/// <summary>Waiting for what another process does to the file, in the way of <see cref="Waiting"/>.</summary>
internal static class Patience
{
    /// <summary>Tries until it works.</summary>
    /// <returns>False when it did not within this time.</returns>
    public static bool Try(TimeSpan limit, Func<bool> attempt)
    {
        var since = Stopwatch.GetTimestamp();
        for (var count = 0; !attempt(); count++)
        {
            if (Stopwatch.GetElapsedTime(since) >= limit) return false;
            Waiting.Pause(count);
        }

        return true;
    }
}

/// <summary>SQLite's <c>sqlite3_vfs</c>: what it asks of the operating system. As far as we need it; these parts have stayed where they are since they were added.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe partial struct SystemLayer
{
    public int Version;
    public int FileSize;
    public int MaxPath;
    public nint Next;
    public nint Name;
    public nint AppData;
    public nint Open;
    public nint Delete;
    public nint Access;
    public nint FullPathname;
    public nint LibraryOpen;
    public nint LibraryError;
    public nint LibrarySymbol;
    public nint LibraryClose;
    public nint Randomness;
    public delegate* unmanaged[Cdecl]<SystemLayer*, int, int> Sleep;
    public nint CurrentTime;
    public nint LastError;

    /// <summary>From version 2.</summary>
    public nint CurrentTimeInt64;

    /// <summary>From version 3, as what follows.</summary>
    public delegate* unmanaged[Cdecl]<SystemLayer*, byte*, nint, int> SetSystemCall;
    public delegate* unmanaged[Cdecl]<SystemLayer*, byte*, nint> GetSystemCall;

    /// <summary>The one that is used unless another is asked for.</summary>
    public static SystemLayer* Default => sqlite3_vfs_find(0);

    [LibraryImport("e_sqlite3")]
    private static partial SystemLayer* sqlite3_vfs_find(nint name);
}
