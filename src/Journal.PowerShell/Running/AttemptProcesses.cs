using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Journal.Workers;

namespace Journal.Commands.Running;

/// <summary>
/// The programs that one attempt has started, with all that they started in turn, so that an attempt that ran too long can be ended whole.
/// </summary>
/// <remarks>
/// On Linux the kernel keeps the children of each thread apart, and an attempt has a thread: what its own commands start is known for certain. What came
/// from another thread of this process (a parallel loop inside the block), and what lost its parent since (a program put into the background by one that has
/// ended; known by a mark in its environment), is the attempt's if it began during it and during no other attempt that goes on or ended well. Where that
/// cannot be told, it is left alone. On Windows the children of this process that began during the attempt are ended, with their trees, unless another attempt
/// is under way; on macOS only what PowerShell itself ends at a stop.
/// </remarks>
internal sealed class AttemptProcesses : IDisposable
{
    private static readonly Lock Gate = new();
    // Every attempt that is under way, and those that ended while one of these was.
    private static readonly List<AttemptProcesses> Attempts = [];
    private static readonly int OwnId = Environment.ProcessId;
    private static readonly string Mark = ProgramMark.Of(ProcessTable.Instance.Self);

    [ThreadStatic]
    private static string? _threadDirectory;

    private readonly string _thread;
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _ended;
    private bool _isForced;

    private AttemptProcesses(string thread) => _thread = thread;

    /// <summary>An attempt begins, on this thread.</summary>
    public static AttemptProcesses Begin()
    {
        _threadDirectory ??= OperatingSystem.IsLinux() ? "/proc/" + new FileInfo("/proc/thread-self").LinkTarget : "";
        var attempt = new AttemptProcesses(_threadDirectory);
        lock (Gate) Attempts.Add(attempt);
        return attempt;
    }

    /// <summary>Ends every process that the attempt started and that still runs. Any thread may call.</summary>
    /// <param name="beforeKill">Called when they are halted and not yet ended.</param>
    /// <returns>How many were ended.</returns>
    public int Kill(Action? beforeKill = null)
    {
        bool hasEnded;
        lock (Gate)
        {
            hasEnded = _ended != 0;
            _isForced = true;
        }

        // What is still there of an attempt that has ended it left running, and who else was under way then is forgotten.
        if (hasEnded)
        {
            beforeKill?.Invoke();
            return 0;
        }

        if (!OperatingSystem.IsLinux())
        {
            var ended = OperatingSystem.IsWindows() ? KillOnWindows() : 0;
            beforeKill?.Invoke();
            return ended;
        }

        return LinuxProcesses.Kill(FindOnLinux, beforeKill).Count;
    }

    /// <summary>Ends what all attempts under way have started: this process is about to end, and nobody waits for it any more. Any thread may call.</summary>
    /// <param name="beforeKill">Called when all of it is halted and not yet ended: the end of a program must not count as the failure of its task.</param>
    public static void KillAll(Action beforeKill)
    {
        List<AttemptProcesses> underWay;
        lock (Gate)
        {
            underWay = Attempts.FindAll(static attempt => attempt._ended == 0);
            foreach (var attempt in underWay) attempt._isForced = true;
        }

        KillFrom(0);

        void KillFrom(int index)
        {
            if (index == underWay.Count) beforeKill();
            else underWay[index].Kill(() => KillFrom(index + 1));
        }
    }

    /// <summary>Whether the attempt was ended by force.</summary>
    public bool IsForced
    {
        get
        {
            lock (Gate) return _isForced;
        }
    }

    /// <summary>The attempt has ended.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            _ended = Stopwatch.GetTimestamp();
            // One that ends alone, the usual case, is forgotten at once.
            if (Attempts.Count == 1)
            {
                Attempts.Clear();
                return;
            }

            // Of the attempts of a thread that ended well, only from when to when they went matters: short ones beside a long one are not many.
            if (!_isForced && Attempts.Find(earlier => earlier != this && earlier._thread == _thread && earlier._ended != 0 && !earlier._isForced) is { } same)
            {
                same._ended = _ended;
                Attempts.Remove(this);
            }

            var oldest = long.MaxValue;
            foreach (var attempt in Attempts)
            {
                if (attempt._ended == 0 && attempt._began < oldest) oldest = attempt._began;
            }

            Attempts.RemoveAll(attempt => attempt._ended != 0 && attempt._ended < oldest);
        }
    }

    private List<LinuxProcess> FindOnLinux()
    {
        var all = LinuxProcesses.ReadAll();
        if (LinuxProcesses.SinceBoot() is not { } now) return [];
        var roots = new HashSet<int>(ChildrenOfThread());
        foreach (var process in all.Values)
        {
            if (process.Id == OwnId || process.Start < StartTick(now, _began)) continue;
            var isOurs = process.Parent == OwnId ? !IsChildOfOtherAttempt(process.Id) : !IsBelow(process, all) && LinuxProcesses.HasVariable(process.Id, ProgramMark.Variable, Mark);
            if (isOurs && IsOnlyMine(process.Start, now)) roots.Add(process.Id);
        }

        var result = new List<LinuxProcess>();
        foreach (var process in all.Values)
        {
            // A child of this thread from before the attempt is somebody else's.
            var at = process;
            while (!roots.Contains(at.Id) && at.Parent > 1 && all.TryGetValue(at.Parent, out var parent)) at = parent;
            if (roots.Contains(at.Id) && at.Start >= StartTick(now, _began) && !process.HasEnded) result.Add(process);
        }

        return result;
    }

    private IEnumerable<int> ChildrenOfThread() => LinuxProcesses.ChildrenOf(_thread);

    private bool IsChildOfOtherAttempt(int id)
    {
        lock (Gate) return Attempts.Exists(attempt => attempt._thread != _thread && attempt.ChildrenOfThread().Contains(id));
    }

    // Whether no other attempt, but one that is ended by force as this one, was under way when the process began.
    private bool IsOnlyMine(long start, double now)
    {
        lock (Gate)
        {
            return !Attempts.Exists(attempt => attempt != this && !attempt._isForced && attempt._thread != _thread && StartTick(now, attempt._began) <= start
                && (attempt._ended == 0 || StartTick(now, attempt._ended) + 2 >= start));
        }
    }

    private static bool IsBelow(LinuxProcess process, Dictionary<int, LinuxProcess> all)
    {
        while (process.Parent > 1 && all.TryGetValue(process.Parent, out var parent))
        {
            if (parent.Id == OwnId) return true;
            process = parent;
        }

        return false;
    }

    // The start of processes is told in hundredths of a second since boot, rounded down.
    private static long StartTick(double now, long timestamp) => (long)Math.Floor((now - Stopwatch.GetElapsedTime(timestamp).TotalSeconds) * 100) - 1;

    private int KillOnWindows()
    {
        bool othersRun;
        lock (Gate) othersRun = Attempts.Exists(attempt => attempt != this && !attempt._isForced);
        if (othersRun) return 0;
        // Processes tell their start by the system's clock.
        var began = TimeProvider.System.GetLocalNow().DateTime - Stopwatch.GetElapsedTime(_began);
        var ended = 0;
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    if (process.StartTime < began || ParentOnWindows(process) != OwnId) continue;
                    process.Kill(entireProcessTree: true);
                    ended++;
                }
                catch (Exception e) when (e is Win32Exception or InvalidOperationException or NotSupportedException or AggregateException)
                {
                    // It has ended, or is nobody's here.
                }
            }
        }

        return ended;
    }

    private static int ParentOnWindows(Process process)
    {
        var information = new nint[6];
        return NtQueryInformationProcess(process.Handle, 0, information, information.Length * nint.Size, out _) == 0 ? (int)information[5] : 0;
    }

    [DllImport("ntdll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int NtQueryInformationProcess(nint process, int kind, [Out] nint[] information, int length, out int returned);
}
