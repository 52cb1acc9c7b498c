using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Journal.Workers;

/// <summary>A process as Linux shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Parent">The id of its parent.</param>
/// <param name="Start">When it started, in hundredths of a second since the machine did.</param>
/// <param name="State">What it does: R, S, T, Z and so on.</param>
/// <param name="Name">The name of its program, as far as the system keeps it: 15 characters.</param>
public readonly record struct LinuxProcess(int Id, int Parent, long Start, char State, string Name)
{
    /// <summary>Whether it does no more work, and only waits to be reaped.</summary>
    public bool HasEnded => State is 'Z' or 'X';
}

/// <summary>The processes of this Linux machine, read from <c>/proc</c>. What cannot be read there is left out.</summary>
public static partial class LinuxProcesses
{
    private const int SigKill = 9, SigCont = 18, SigStop = 19;

    /// <summary>All of them, by id.</summary>
    public static Dictionary<int, LinuxProcess> ReadAll()
    {
        var all = new Dictionary<int, LinuxProcess>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (Read(id) is { } process) all[id] = process;
        }

        return all;
    }

    private static LinuxProcess? Read(int id)
    {
        var stat = ReadText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
        // The name of the program stands in parentheses and may hold anything, so count fields from the last one.
        var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
        var fields = close < open || open < 0 ? [] : stat[(close + 2)..].Split(' ');
        return fields.Length <= 19 ? null
            : new LinuxProcess(id, int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture), fields[0][0], stat[(open + 1)..close]);
    }

    /// <summary>The children that a thread has started, and that still run or wait to be reaped.</summary>
    /// <param name="thread">Its folder under <c>/proc</c>.</param>
    public static IEnumerable<int> ChildrenOf(string thread) =>
        ReadText(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture));

    /// <summary>Whether a process was started with a variable of this value.</summary>
    public static bool HasVariable(int id, string name, string value)
    {
        try
        {
            var entry = Encoding.UTF8.GetBytes($"\0{name}={value}\0");
            byte[] environment = [0, .. File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/environ")), 0];
            return environment.AsSpan().IndexOf(entry) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A process, its parent, the parent of that, and so on.</summary>
    /// <param name="id">The process.</param>
    /// <param name="all">All of them.</param>
    public static IEnumerable<LinuxProcess> WithParents(int id, IReadOnlyDictionary<int, LinuxProcess> all)
    {
        if (!all.TryGetValue(id, out var process)) yield break;
        yield return process;
        // They were not all read in one instant: an id that was given out again is no parent of what is older.
        while (process.Parent > 1 && all.TryGetValue(process.Parent, out var parent) && parent.Start <= process.Start && parent.Id != process.Id)
        {
            process = parent;
            yield return process;
        }
    }

    /// <summary>How long the machine runs, in seconds, by the clock that tells the starts of processes; null where there is none.</summary>
    /// <remarks>Not <c>/proc/uptime</c>: in some containers that tells the container's own.</remarks>
    public static double? SinceBoot()
    {
        const int boottime = 7;
        return clock_gettime(boottime, out var time) == 0 ? time.Seconds + (time.Nanoseconds / 1e9) : null;
    }

    /// <summary>Halts processes, and then ends them: one that is halted starts no other meanwhile, and one that is gone no longer says whose children it had.</summary>
    /// <param name="find">Finds them; called until it finds no more.</param>
    /// <param name="beforeKill">Called when they are halted and not yet ended.</param>
    /// <returns>Those that were ended.</returns>
    public static IReadOnlyCollection<LinuxProcess> Kill(Func<IEnumerable<LinuxProcess>> find, Action? beforeKill = null)
    {
        var halted = new Dictionary<int, LinuxProcess>();
        bool found;
        do
        {
            found = false;
            foreach (var process in find())
            {
                if (halted.ContainsKey(process.Id) || kill(process.Id, SigStop) != 0) continue;
                if (Read(process.Id)?.Start != process.Start)
                {
                    // It had ended, and its id is another one's.
                    _ = kill(process.Id, SigCont);
                    continue;
                }

                halted[process.Id] = process;
                found = true;
            }
        }
        while (found);
        beforeKill?.Invoke();
        foreach (var id in halted.Keys) _ = kill(id, SigKill);
        return halted.Values;
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out LinuxTime time);

    /// <summary>The system's <c>struct timespec</c> on 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinuxTime
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
