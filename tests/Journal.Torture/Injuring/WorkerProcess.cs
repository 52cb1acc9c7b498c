using System.Diagnostics;
using System.Text;
using Journal.Torture.Working;

namespace Journal.Torture.Injuring;

/// <summary>A worker process, as the one who injures it holds it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private Stopwatch? _frozen;

    private WorkerProcess(Process process, WorkerOrder order)
    {
        _process = process;
        Order = order;
        _process.ErrorDataReceived += (_, line) => { lock (_errors) _errors.AppendLine(line.Data); };
        _process.BeginErrorReadLine();
    }

    public WorkerOrder Order { get; }

    public bool IsAlive => !_process.HasExited;

    public bool IsFrozen => _frozen is not null;

    /// <summary>How long it has stood still.</summary>
    public TimeSpan FrozenFor => _frozen?.Elapsed ?? TimeSpan.Zero;

    public bool WasKilled { get; private set; }

    public static WorkerProcess Start(WorkerOrder order)
    {
        var self = Environment.ProcessPath!;
        var host = Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        var start = new ProcessStartInfo(host, ["exec", typeof(WorkerProcess).Assembly.Location, .. order.ToArguments()]) { RedirectStandardError = true };
        // No memory images of processes that die as they should.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return new WorkerProcess(Process.Start(start)!, order);
    }

    public void Kill()
    {
        if (!IsAlive) return;
        WasKilled = true;
        Native.Kill(_process.Id, Native.SigKill);
        _process.WaitForExit();
    }

    public void Freeze()
    {
        _frozen = Stopwatch.StartNew();
        Native.Kill(_process.Id, Native.SigStop);
    }

    public void Wake()
    {
        _frozen = null;
        Native.Kill(_process.Id, Native.SigContinue);
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
        var errors = ErrorText();
        if (_process.ExitCode == WorkerProgram.JournalError && excuses.Any(id => errors.StartsWith(id + ":", StringComparison.Ordinal))) return null;
        return $"A worker ({Order.Manner}) ended with {_process.ExitCode}: {errors}";
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private string ErrorText()
    {
        lock (_errors) return _errors.ToString().Trim();
    }
}
