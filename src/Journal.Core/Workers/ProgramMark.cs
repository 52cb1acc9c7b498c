using System.Diagnostics;
using System.Globalization;

namespace Journal.Workers;

/// <summary>
/// What the programs that tasks start carry in their environment, so that they are known for theirs when nothing else tells: when their parent has ended,
/// or the worker itself has died and another process takes its tasks back.
/// </summary>
public static class ProgramMark
{
    /// <summary>The variable.</summary>
    public const string Variable = "JOURNAL_PROCESS";

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);
    private static readonly Lock Gate = new();
    private static int _markings;
    private static string? _before;

    /// <summary>Its value for the programs of a process.</summary>
    /// <param name="worker">A worker of that process.</param>
    public static string Of(WorkerIdentity worker) => string.Create(CultureInfo.InvariantCulture, $"{worker.ProcessId}-{worker.ProcessStart}");

    /// <summary>Has the programs that this process starts carry its mark, until what is returned is disposed of: what it starts between its runs is nobody's task.</summary>
    public static IDisposable Begin() => new Marking();

    /// <summary>Ends, on Linux, what still runs of the programs that a process had started within a time, with all that they started in turn, and waits for their end.</summary>
    /// <param name="worker">A worker of that process, which has died.</param>
    /// <param name="within">How long ago that began; programs from before belong to no task that the worker still held, and neither does what they start.</param>
    /// <param name="spared">Processes that are left alone, with all that is below them.</param>
    /// <returns>Their names and ids, as people read them. Empty where the system does not tell.</returns>
    internal static IReadOnlyList<string> EndPrograms(WorkerIdentity worker, TimeSpan within, IReadOnlySet<int> spared)
    {
        if (LinuxProcesses.SinceBoot() is not { } now) return [];
        var mark = Of(worker);
        // The start of a process is told in hundredths of a second, rounded down.
        var from = (long)Math.Floor((now - within.TotalSeconds) * 100);
        var ended = LinuxProcesses.Kill(() => Find(mark, from, spared));
        foreach (var process in ended) AwaitEnd(process.Id);
        return [.. ended.OrderBy(static process => process.Id).Select(static process => string.Create(CultureInfo.InvariantCulture, $"{process.Name} ({process.Id})"))];
    }

    private static List<LinuxProcess> Find(string mark, long from, IReadOnlySet<int> spared)
    {
        var all = LinuxProcesses.ReadAll();
        // Neither this process nor what it came from: where it was started by what is to be ended, it would end itself.
        var own = LinuxProcesses.WithParents(Environment.ProcessId, all).Select(static process => process.Id).ToHashSet();
        var marked = all.Values.Where(process => LinuxProcesses.HasVariable(process.Id, Variable, mark)).Select(static process => process.Id).ToHashSet();
        return [.. all.Values.Where(process => !process.HasEnded && !own.Contains(process.Id) && IsOfTasks(process))];

        // From the process up: one that is spared, this one, or a marked one from before keeps all that is below it.
        bool IsOfTasks(LinuxProcess process)
        {
            var isMarked = false;
            foreach (var parent in LinuxProcesses.WithParents(process.Id, all))
            {
                if (parent.Id == Environment.ProcessId || spared.Contains(parent.Id) || (marked.Contains(parent.Id) && parent.Start < from)) return false;
                isMarked |= marked.Contains(parent.Id);
            }

            return isMarked;
        }
    }

    private static void AwaitEnd(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.WaitForExit(LongestEnd);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    private sealed class Marking : IDisposable
    {
        public Marking()
        {
            lock (Gate)
            {
                if (_markings++ > 0) return;
                // This process may be a program of a task itself.
                _before = Environment.GetEnvironmentVariable(Variable);
                Environment.SetEnvironmentVariable(Variable, Of(ProcessTable.Instance.Self));
            }
        }

        public void Dispose()
        {
            lock (Gate)
            {
                if (--_markings == 0) Environment.SetEnvironmentVariable(Variable, _before);
            }
        }
    }
}
