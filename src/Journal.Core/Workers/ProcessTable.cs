using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Journal.Hosting;

namespace Journal.Workers;

/// <summary>The real process table.</summary>
/// <remarks>
/// On Linux the start time is read as clock ticks since boot: the wall-clock start time that .NET computes shifts when the clock is set,
/// and a living worker would look dead. The boot id and the namespaces of processes and of time say where a process id and a start mean the
/// same process, so that a container that sees another one's journal never takes a stranger's id for the worker's. Elsewhere the machine's own
/// id does, for two machines can have one name. Where the machine cannot be told from others, nobody but this process is known to live or to be dead.
/// </remarks>
public sealed class ProcessTable : IProcessTable
{
    private readonly string _host = Environment.MachineName;
    private readonly string _space;
    private readonly string _start;
    // Whether two workers of one space are of one machine.
    private readonly bool _knowsItself;
    private readonly ConcurrentDictionary<string, bool> _active = new(StringComparer.Ordinal);

    private ProcessTable()
    {
        (_space, _knowsItself) = ReadProcessSpace();
        _start = OperatingSystem.IsLinux() ? LinuxStart("self") ?? "" : StartOf(Environment.ProcessId) ?? "";
    }

    /// <summary>The process table of this machine.</summary>
    public static ProcessTable Instance { get; } = new();

    /// <summary>This process, as no worker.</summary>
    public WorkerIdentity Self => new(_host, _space, Environment.ProcessId, _start, "");

    /// <inheritdoc/>
    public WorkerIdentity NewWorker(string? label = null)
    {
        var worker = new WorkerIdentity(_host, _space, Environment.ProcessId, _start, RandomNumberGenerator.GetHexString(6, lowercase: true), label);
        _active[worker.Nonce] = true;
        return worker;
    }

    /// <inheritdoc/>
    public void Retire(WorkerIdentity worker) => _active.TryRemove(worker.Nonce, out _);

    /// <inheritdoc/>
    public bool IsThisProcess(WorkerIdentity worker) =>
        worker.ProcessId == Environment.ProcessId && worker.ProcessSpace == _space && worker.ProcessStart == _start;

    /// <inheritdoc/>
    public Liveness Probe(WorkerIdentity worker)
    {
        if (IsThisProcess(worker)) return _active.ContainsKey(worker.Nonce) ? Liveness.Alive : Liveness.Dead;
        if (!_knowsItself || worker.ProcessSpace != _space) return Liveness.Unknown;
        var start = StartOf(worker.ProcessId);
        if (start is null) return Liveness.Dead;
        if (start.Length > 0 && worker.ProcessStart.Length > 0) return start == worker.ProcessStart ? Liveness.Alive : Liveness.Dead;
        // There is such a process, and it may be the worker: only the lease tells when it is not.
        return Liveness.Unknown;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Nothing from before the last boot lives. But a machine that was cloned has the id and may have the name of the other: only where the journal
    /// lies on a disk that no other machine reaches is a worker of another boot known to be of an earlier one.
    /// </remarks>
    public Liveness Probe(WorkerIdentity worker, bool isOfThisMachine) =>
        isOfThisMachine && IsOfAnotherBoot(worker) ? Liveness.Dead : Probe(worker);

    /// <inheritdoc/>
    /// <remarks>On Linux alone; and there not what was started with an environment of its own (<c>env -i</c>) and has lost its parent.</remarks>
    public IReadOnlyList<string> EndPrograms(WorkerIdentity worker, TimeSpan within, IEnumerable<WorkerIdentity> living) =>
        IsProcOfThisNamespace && worker.ProcessSpace == _space && worker.ProcessStart.Length > 0 && Probe(worker) is Liveness.Dead && !IsThisProcess(worker)
            ? ProgramMark.EndPrograms(worker, within, living.Where(other => other.ProcessSpace == _space && Probe(other) is Liveness.Alive).Select(static other => other.ProcessId).ToHashSet())
            : [];

    private bool IsOfAnotherBoot(WorkerIdentity worker)
    {
        if (worker.ProcessSpace == _space || !string.Equals(worker.Host, _host, StringComparison.OrdinalIgnoreCase)) return false;
        var (machine, boot) = Split(_space);
        var (otherMachine, otherBoot) = Split(worker.ProcessSpace);
        return machine.Length > 0 && machine == otherMachine && boot.Length > 0 && otherBoot.Length > 0 && boot != otherBoot;
    }

    private static (string Machine, string Boot) Split(string space)
    {
        var parts = space.Split('/');
        return parts.Length == 3 ? (parts[0], parts[1]) : ("", "");
    }

    // machine/boot/namespaces
    private static (string Space, bool KnowsItself) ReadProcessSpace()
    {
        if (!OperatingSystem.IsLinux())
        {
            var id = MachineId();
            return ($"{(id.Length > 0 ? id : Environment.MachineName)}//", id.Length > 0);
        }

        // The time namespace that everybody is in who made none: left out, as it was before it mattered.
        const string initialTime = "time:[4026531834]";
        var boot = ReadLine("/proc/sys/kernel/random/boot_id");
        var processes = LinkOf("/proc/self/ns/pid");
        var time = LinkOf("/proc/self/ns/time");
        return ($"{ReadLine("/etc/machine-id")}/{boot}/{processes}{(time is "" or initialTime ? "" : "+" + time)}", boot.Length > 0 && processes.Length > 0);
    }

    private static string MachineId()
    {
        if (OperatingSystem.IsMacOS()) return SystemCalls.MacHostId();
        if (!OperatingSystem.IsWindows()) return "";
        try
        {
            return Microsoft.Win32.Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) as string ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return "";
        }
    }

    /// <summary>The start of a process; null when there is no such process, empty when that cannot be known.</summary>
    private static string? StartOf(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            // What /proc does not show may be hidden from this user, and another namespace's /proc shows other processes: only the system knows.
            if (SystemCalls.ProcessExists(processId) is not true and var exists) return exists is false ? null : "";
            return IsProcOfThisNamespace ? LinuxStart(processId.ToString(CultureInfo.InvariantCulture)) : "";
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (ArgumentException)
        {
            return SystemCalls.ProcessExists(processId) is true ? "" : null;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return SystemCalls.ProcessExists(processId) is false ? null : "";
        }
    }

    private static readonly bool IsProcOfThisNamespace =
        OperatingSystem.IsLinux() && LinkOf("/proc/self") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    // Empty where it cannot be read; null for a process that does no more work and only waits to be reaped.
    private static string? LinuxStart(string process)
    {
        var stat = ReadLine($"/proc/{process}/stat");
        // The name of the program stands in parentheses and may hold anything, so count fields from the last one.
        var fields = stat.LastIndexOf(')') is >= 0 and var end && end + 2 < stat.Length ? stat[(end + 2)..].Split(' ') : [];
        const int state = 0, startTime = 19;
        if (fields.Length <= startTime) return "";
        return fields[state] is "Z" or "X" ? null : fields[startTime];
    }

    private static string LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadLine(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>Whether a process that held a lease can still be alive.</summary>
public enum Liveness
{
    /// <summary>It runs.</summary>
    Alive,

    /// <summary>It does not run any more; nothing it held will be finished by it.</summary>
    Dead,

    /// <summary>It cannot be asked from here (another machine or container): only its lease tells.</summary>
    Unknown,
}

/// <summary>The processes of this machine, as far as recovery asks about them.</summary>
public interface IProcessTable
{
    /// <summary>A new identity for a worker in this process. It counts as alive until the process ends or <see cref="Retire"/> is called.</summary>
    /// <param name="label">What the user calls it, or null.</param>
    WorkerIdentity NewWorker(string? label = null);

    /// <summary>A worker of this process has ended: from now on what it may still hold can be recovered, though the process lives.</summary>
    void Retire(WorkerIdentity worker);

    /// <summary>Whether a worker's process still lives. Never throws.</summary>
    Liveness Probe(WorkerIdentity worker);

    /// <summary>The same of a worker in a journal, whose place may tell more: what a disk of this machine alone holds was written on this machine.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="isOfThisMachine">Whether no other machine reaches the journal that it stands in.</param>
    Liveness Probe(WorkerIdentity worker, bool isOfThisMachine) => Probe(worker);

    /// <summary>Ends the programs that the tasks of a dead worker had started and that still run, with all that they started: the tasks will be run again. Never throws.</summary>
    /// <param name="worker">The worker, which is dead.</param>
    /// <param name="within">How long ago the first of its tasks that are in progress was claimed; programs from before are none of theirs.</param>
    /// <param name="living">Workers that are at work: neither they nor what they started is touched.</param>
    /// <returns>What was ended, each as a name and an id. Empty where it cannot be known.</returns>
    IReadOnlyList<string> EndPrograms(WorkerIdentity worker, TimeSpan within, IEnumerable<WorkerIdentity> living) => [];

    /// <summary>Whether a worker is in this very process.</summary>
    bool IsThisProcess(WorkerIdentity worker);
}

/// <summary>
/// Who holds a lease: a process of a host, told apart from a later process with the same id by its start time, and from another worker in
/// the same process by a short random id.
/// </summary>
/// <param name="Host">The machine's name, for people.</param>
/// <param name="ProcessSpace">Where process ids mean the same thing: the boot of the machine and the process namespace. Only a worker of the same space can be asked whether it lives.</param>
/// <param name="ProcessId">The process id in that space.</param>
/// <param name="ProcessStart">When the process started, in a form that never changes during its life; compared, not shown.</param>
/// <param name="Nonce">A short random text.</param>
/// <param name="Label">What the user calls it (<c>-Worker</c>); null for the usual name.</param>
public sealed record WorkerIdentity(string Host, string ProcessSpace, int ProcessId, string ProcessStart, string Nonce, string? Label = null)
{
    /// <summary>What the journal calls the worker: the label, or <c>host:pid:nonce</c>.</summary>
    public string Name => Label ?? $"{Host}:{ProcessId}:{Nonce}";
}
