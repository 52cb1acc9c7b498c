using System.Diagnostics;
using System.Globalization;
using Journal.Torture.Working;

namespace Journal.Torture.Injuring;

/// <summary>A worker process, as the one who injures it holds it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private Stopwatch? _frozen;
    private TimeSpan _freezeTime;
    private readonly WorkerPlace _place;

    private WorkerProcess(Process process, WorkerPlace place) => (_process, _place) = (process, place);

    public WorkerOrder Order { get; private set; } = null!;

    // Into a namespace leads a process that waits for the worker and ends as the worker does.
    private int Id => _place.IsBehindAnother && File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children") is [_, ..] child ? int.Parse(child, CultureInfo.InvariantCulture) : _process.Id;

    public bool IsAlive => !_process.HasExited;

    public bool IsFrozen => _frozen is not null;

    /// <summary>Whether it has stood still for as long as it was to.</summary>
    public bool IsDueToWake => _frozen is not null && _frozen.Elapsed >= _freezeTime;

    public bool WasKilled { get; private set; }

    /// <summary>Whether it is at a task that it has claimed.</summary>
    public bool HoldsTask => Ledger.HeldBy(Order.Ledger) > 0;

    /// <summary>Starts a process that waits for its order: the start of the runtime is over when the order comes.</summary>
    /// <param name="place">Where.</param>
    public static WorkerProcess StartReady(WorkerPlace place)
    {
        var self = Environment.ProcessPath!;
        var host = Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        string[] command = [.. place.Command, host, "exec", typeof(WorkerProcess).Assembly.Location, WorkerOrder.ReadyVerb];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardError = true };
        // No memory images of processes that die as they should, and nothing that listens for a debugger.
        start.Environment["DOTNET_DbgEnableMiniDump"] = start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new WorkerProcess(Process.Start(start)!, place);
    }

    /// <summary>Gives a process that waits its order.</summary>
    public void Give(WorkerOrder order)
    {
        Order = order;
        try
        {
            _process.StandardInput.WriteLine(string.Join('\t', order.ToArguments()));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It ended before its order came; its errors say why.
        }
    }

    public void Kill()
    {
        if (!IsAlive) return;
        WasKilled = true;
        Native.Kill(Id, Native.SigKill);
        _process.WaitForExit();
    }

    public void Freeze(TimeSpan time)
    {
        _freezeTime = time;
        _frozen = Stopwatch.StartNew();
        Native.Kill(Id, Native.SigStop);
    }

    public void Wake()
    {
        _frozen = null;
        Native.Kill(Id, Native.SigContinue);
    }

    /// <summary>Waits for its own end.</summary>
    /// <returns>Whether it came.</returns>
    public bool WaitForEnd(TimeSpan limit) => _process.WaitForExit(limit);

    /// <summary>Why its end is not one that a worker may come to; null when it is.</summary>
    /// <param name="excuses">The ids of the journal's errors that are right where the ground under it is broken.</param>
    public string? Complaint(IReadOnlyCollection<string> excuses)
    {
        if (WasKilled) return null;
        _process.WaitForExit();
        // 137: its work killed it, as some of the work does.
        if (_process.ExitCode is 0 or 137) return null;
        var errors = _process.StandardError.ReadToEnd().Trim();
        if (_process.ExitCode == WorkerProgram.JournalError && excuses.Any(id => errors.StartsWith(id + ":", StringComparison.Ordinal))) return null;
        return $"A worker ({Order.Manner}) ended with {_process.ExitCode}: {errors}";
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
