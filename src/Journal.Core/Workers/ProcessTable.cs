using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Journal.Workers;

/// <summary>The real process table.</summary>
/// <remarks>
/// On Linux the start time is read as clock ticks since boot: the wall-clock start time that .NET computes shifts when the clock is set,
/// and a living worker would look dead. The boot id and the process namespace say where a process id means the same process, so that a
/// container that sees another one's journal never takes a stranger's id for the worker's.
/// </remarks>
public sealed class ProcessTable : IProcessTable
{
    private readonly string _host = Environment.MachineName;
    private readonly string _space;
    private readonly string _start;
    private readonly ConcurrentDictionary<string, bool> _active = new(StringComparer.Ordinal);

    private ProcessTable()
    {
        _space = ReadProcessSpace();
        _start = StartOf(Environment.ProcessId) ?? "";
    }

    /// <summary>The process table of this machine.</summary>
    public static ProcessTable Instance { get; } = new();

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
        if (worker.ProcessSpace != _space) return RebootedSince(worker) ? Liveness.Dead : Liveness.Unknown;
        if (worker.ProcessStart.Length == 0) return Liveness.Unknown;
        return StartOf(worker.ProcessId) switch
        {
            null => Liveness.Dead,
            "" => Liveness.Unknown,
            var start => start == worker.ProcessStart ? Liveness.Alive : Liveness.Dead,
        };
    }

    // Same machine, same name, another boot: nothing from before the boot is alive. Where the machine has no id of its own, its name alone
    // proves nothing, and the lease has to tell.
    private bool RebootedSince(WorkerIdentity worker)
    {
        if (!string.Equals(worker.Host, _host, StringComparison.OrdinalIgnoreCase)) return false;
        var (machine, boot, _) = Split(_space);
        var (otherMachine, otherBoot, _) = Split(worker.ProcessSpace);
        return machine.Length > 0 && machine == otherMachine && boot.Length > 0 && otherBoot.Length > 0 && boot != otherBoot;
    }

    private static (string Machine, string Boot, string Namespace) Split(string space)
    {
        var parts = space.Split('/');
        return parts.Length == 3 ? (parts[0], parts[1], parts[2]) : ("", "", space);
    }

    private static string ReadProcessSpace()
    {
        if (!OperatingSystem.IsLinux()) return $"{Environment.MachineName}//";
        var machine = ReadLine("/etc/machine-id");
        var boot = ReadLine("/proc/sys/kernel/random/boot_id");
        string space;
        try
        {
            space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            space = "";
        }

        return $"{machine}/{boot}/{space}";
    }

    /// <summary>The start of a process; null when there is no such process, empty when it may not be asked.</summary>
    private static string? StartOf(int processId)
    {
        if (OperatingSystem.IsLinux()) return LinuxStartOf(processId);
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
        catch (Win32Exception)
        {
            return "";
        }
    }

    private static string? LinuxStartOf(int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            // The process ended between open and read.
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }

        // The name of the program stands in parentheses and may hold anything, so count fields from the last one.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        const int state = 0, startTime = 19;
        if (fields.Length <= startTime) return "";
        // A zombie does no more work; it only waits to be reaped.
        return fields[state] is "Z" or "X" ? null : fields[startTime];
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
