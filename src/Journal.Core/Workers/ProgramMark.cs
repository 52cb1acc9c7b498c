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

    /// <summary>Its value for the programs of a process.</summary>
    /// <param name="worker">A worker of that process.</param>
    public static string Of(WorkerIdentity worker) => string.Create(CultureInfo.InvariantCulture, $"{worker.ProcessId}-{worker.ProcessStart}");

    /// <summary>Has the programs that this process starts from now on carry its mark.</summary>
    public static void Set() => Environment.SetEnvironmentVariable(Variable, Of(ProcessTable.Instance.Self));

    /// <summary>Ends, on Linux, what still runs of the programs that a process had started since a time, with all that they started in turn.</summary>
    /// <param name="worker">A worker of that process, which has died.</param>
    /// <param name="since">The time; programs from before it belong to no task that the worker still held.</param>
    /// <param name="now">The time now.</param>
    /// <returns>Their names and ids, as people read them. Empty on other systems.</returns>
    internal static IReadOnlyList<string> EndPrograms(WorkerIdentity worker, DateTimeOffset since, DateTimeOffset now)
    {
        var mark = Of(worker);
        // Both the start of a process and the time since boot are told in hundredths of a second, rounded down: this one is never too late.
        var from = (long)Math.Floor((LinuxProcesses.SinceBoot() - (now - since).TotalSeconds) * 100);
        var ended = LinuxProcesses.Kill(Find);
        return [.. ended.OrderBy(static process => process.Id).Select(static process => string.Create(CultureInfo.InvariantCulture, $"{process.Name} ({process.Id})"))];

        IEnumerable<LinuxProcess> Find()
        {
            var all = LinuxProcesses.ReadAll();
            var marked = all.Values.Where(process => process.Id != Environment.ProcessId && process.Start >= from && LinuxProcesses.HasVariable(process.Id, Variable, mark)).Select(static process => process.Id).ToHashSet();
            return all.Values.Where(process => !process.HasEnded && process.Id != Environment.ProcessId && IsOf(process)).ToList();

            bool IsOf(LinuxProcess process)
            {
                while (!marked.Contains(process.Id))
                {
                    if (process.Parent <= 1 || !all.TryGetValue(process.Parent, out process)) return false;
                }

                return true;
            }
        }
    }
}
