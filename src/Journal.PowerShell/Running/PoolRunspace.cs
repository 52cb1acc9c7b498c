using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>
/// A runspace that runs one attempt after another, all in one pipeline: to start a pipeline and to end it takes PowerShell many times as long as
/// to run a short block. Only an attempt that is stopped takes the pipeline with it.
/// </summary>
internal sealed class PoolRunspace : IDisposable
{
    // A block that ignores a stop for longer than this is woken out of whatever it waits for; one that ignores that, too, is abandoned, with its runspace:
    // nothing can end it but the end of the process.
    private static readonly TimeSpan StopGrace = CallerExecutor.StopGrace;
    private static readonly TimeSpan InterruptGrace = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly Runspace _runspace;
    private readonly StreamForwarder _streams;
    private readonly System.Collections.Hashtable _usings;
    private readonly WaitHandle _giveUp;
    private readonly AutoResetEvent _ended = new(false);
    private readonly Dictionary<ScriptWork, ScriptBlock> _blocks = [];
    private readonly Dictionary<ScriptWork, ScriptBlock> _calls = [];
    private SessionPreferences? _preferences;
    private PathInfo? _location;
    private System.Management.Automation.PowerShell? _shell;
    private IAsyncResult? _loop;
    private PoolAttempt? _next;
    private PoolAttempt? _current;
    private volatile bool _closes;

    /// <param name="runspace">Open, and from now on this one's.</param>
    /// <param name="streams">Where to what blocks say goes.</param>
    /// <param name="usings">The values of all <c>$using:</c> expressions of the work.</param>
    /// <param name="giveUp">Set when blocks that do not stop are no longer waited for.</param>
    public PoolRunspace(Runspace runspace, StreamForwarder streams, System.Collections.Hashtable usings, WaitHandle giveUp) =>
        (_runspace, _streams, _usings, _giveUp) = (runspace, streams, usings, giveUp);

    /// <summary>Whether it takes another attempt.</summary>
    public bool IsUsable => !IsAbandoned && _runspace.RunspaceStateInfo.State is RunspaceState.Opened;

    /// <summary>Whether a block ignored a stop and still runs; then the runspace closes when that block ends.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Runs an attempt to its end, to its time limit or to a stop.</summary>
    public AttemptResult Run(ScriptWork work, RunningTask task, CancellationToken stop)
    {
        var attempt = new PoolAttempt(work, task, _ended);
        var loop = Hand(attempt);
        var limit = task.Batch.Options.Timeout;
        var since = Stopwatch.GetTimestamp();
        int signal;
        do signal = WaitHandle.WaitAny([_ended, stop.WaitHandle, loop.AsyncWaitHandle], limit is null ? System.Threading.Timeout.InfiniteTimeSpan : LongWait.Step(limit.Value - Stopwatch.GetElapsedTime(since)));
        while (signal == WaitHandle.WaitTimeout && Stopwatch.GetElapsedTime(since) < limit);
        if (signal is 0 or 2) return attempt.Result is { End: not AttemptEnd.Stopped } result ? result : stop.IsCancellationRequested ? AttemptResult.Stopped : Closed(task);
        var ended = StopLoop(loop, attempt);
        return signal == WaitHandle.WaitTimeout ? AttemptOutput.TimedOut(task, limit!.Value, ended, attempt.ErrorOutput, IsAbandoned) : AttemptResult.Stopped;
    }

    /// <summary>For the loop: the next attempt, waited for; null when there is none any more.</summary>
    public PoolAttempt? AwaitAttempt(AttemptLoopCommand loop)
    {
        lock (_gate)
        {
            while (_next is null && !_closes && !loop.IsStopped) Monitor.Wait(_gate);
            if (loop.IsStopped) return null;
            (var next, _next) = (_next, null);
            return next;
        }
    }

    /// <summary>For the loop: the runspace's own block of a work, which a block of the caller's session cannot be.</summary>
    public ScriptBlock BlockOf(ScriptWork work)
    {
        if (_blocks.TryGetValue(work, out var block)) return block;
        return _blocks[work] = work.ForRunspace();
    }

    /// <summary>For the loop: what calls a block of several clauses.</summary>
    public ScriptBlock CallOf(ScriptWork work) => _calls.TryGetValue(work, out var call) ? call : _calls[work] = ScriptBlock.Create(work.Call);

    /// <summary>For the loop: has every attempt begin with the preferences, and at the place, that the first one found.</summary>
    public void PutBack(SessionState session)
    {
        if (_preferences is null)
        {
            _preferences = new SessionPreferences(session);
            _location = _preferences.Location;
            return;
        }

        _preferences.Restore();
        _preferences.Return(_location!);
    }

    /// <summary>For the loop: what the attempt said was passed on, and is not kept.</summary>
    public void Forget() => _shell?.Streams.ClearStreams();

    /// <summary>Has the loop look again what it shall do.</summary>
    public void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    /// <summary>Closes the runspace.</summary>
    public void Dispose()
    {
        _closes = true;
        Wake();
        _loop?.AsyncWaitHandle.WaitOne();
        Close();
    }

    private IAsyncResult Hand(PoolAttempt attempt)
    {
        lock (_gate)
        {
            _current = attempt;
            _next = attempt;
            _ended.Reset();
            Monitor.PulseAll(_gate);
        }

        if (_loop is { IsCompleted: false } loop) return loop;
        _shell?.Dispose();
        _shell = System.Management.Automation.PowerShell.Create();
        _shell.Runspace = _runspace;
        // A script around the loop, because PowerShell finds the values of $using: in the scope of one that was given them under this name.
        _shell.AddScript("param($Loop, $Source) & $Loop -Source $Source", useLocalScope: true)
            .AddParameter("Loop", new CmdletInfo("Invoke-JournalAttemptLoop", typeof(AttemptLoopCommand))).AddParameter("Source", this).AddParameter("--%", _usings);
        _streams.Forward(_shell, () => _current!.Task, () => _current!.ErrorOutput);
        return _loop = _shell.BeginInvoke<PSObject, PSObject>(null, new PSDataCollection<PSObject>());
    }

    /// <summary>Stops the block and ends what it started: programs first, then waits in .NET code; what then still runs is abandoned.</summary>
    private int StopLoop(IAsyncResult loop, PoolAttempt attempt)
    {
        var ended = attempt.KillProcesses(() => _shell!.BeginStop(null, null));
        var signal = WaitHandle.WaitAny([loop.AsyncWaitHandle, _giveUp], StopGrace);
        if (signal == WaitHandle.WaitTimeout)
        {
            attempt.Interrupt();
            signal = WaitHandle.WaitAny([loop.AsyncWaitHandle, _giveUp], InterruptGrace);
        }

        if (signal == 0) return ended;
        IsAbandoned = true;
        ThreadPool.RegisterWaitForSingleObject(loop.AsyncWaitHandle, (_, _) => Close(), null, System.Threading.Timeout.InfiniteTimeSpan, executeOnlyOnce: true);
        return ended;
    }

    private void Close()
    {
        _shell?.Dispose();
        _runspace.Dispose();
        _ended.Dispose();
    }

    // A block that closes its runspace, or lets on that somebody stops it: given back it would do so again, and for ever.
    private static AttemptResult Closed(RunningTask task) => AttemptOutput.Failed(
        new ErrorRecord(new InvalidOperationException("The script block stopped its own pipeline."), "AttemptStopped", ErrorCategory.OperationStopped, task.Key));
}

/// <summary>What the pipeline of a <see cref="PoolRunspace"/> consists of: it runs the attempts that it is handed. No command of the module.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "JournalAttemptLoop")]
internal sealed class AttemptLoopCommand : PSCmdlet
{
    /// <summary>Who hands them over.</summary>
    [Parameter(Mandatory = true)]
    public PoolRunspace Source { get; set; } = null!;

    /// <summary>Whether it was told to stop.</summary>
    public bool IsStopped { get; private set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        while (Source.AwaitAttempt(this) is { } attempt)
        {
            attempt.Run(SessionState, Source);
            Source.Forget();
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        IsStopped = true;
        Source.Wake();
    }
}
