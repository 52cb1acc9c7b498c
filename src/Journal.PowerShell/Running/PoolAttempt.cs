using System.Management.Automation;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>One attempt, on its way from the runner's thread to a runspace's and back.</summary>
internal sealed class PoolAttempt
{
    private readonly ScriptWork _work;
    private readonly EventWaitHandle _ended;
    private readonly BlockThread _thread = new();
    private AttemptProcesses? _processes;

    /// <param name="work">What to run.</param>
    /// <param name="task">For which task.</param>
    /// <param name="ended">Set when there is a result.</param>
    public PoolAttempt(ScriptWork work, RunningTask task, EventWaitHandle ended) => (_work, Task, _ended) = (work, task, ended);

    /// <summary>The live task.</summary>
    public RunningTask Task { get; }

    /// <summary>What its programs said last.</summary>
    public ErrorOutputTail ErrorOutput { get; } = new();

    /// <summary>How it went; null while it runs.</summary>
    public AttemptResult? Result { get; private set; }

    /// <summary>Runs the block, on the thread of a pipeline of the runspace.</summary>
    /// <param name="session">The runspace's.</param>
    /// <param name="runspace">Whose preferences and place are put back first, and which has the block.</param>
    public void Run(SessionState session, PoolRunspace runspace)
    {
        try
        {
            _processes = AttemptProcesses.Begin();
            _thread.Enter();
            runspace.PutBack(session);
            // Global, so that functions of modules see it, too.
            session.PSVariable.Set("global:JournalTask", AttemptInput.TaskOf(Task));
            var variables = new List<PSVariable>(3)
            {
                new("_", AttemptInput.Of(Task, session)),
                new("ErrorActionPreference", ActionPreference.Stop),
                new("PSNativeCommandUseErrorActionPreference", true),
            };
            var block = runspace.BlockOf(_work);
            var output = _work.HasClauses ? runspace.CallOf(_work).InvokeWithContext(null, variables, block) : block.InvokeWithContext(null, variables);
            Result = AttemptOutput.Succeeded(Task, output);
        }
#pragma warning disable CA1031 // Whatever the block throws is the attempt's failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Result = ErrorRecordFacts.RecordOf(e) is { } error ? AttemptOutput.Failed(error, ErrorOutput.TextOf(error)) : AttemptResult.Stopped;
        }
        finally
        {
            _thread.Leave();
            // What it started before the stop reached it.
            if (_processes is { IsForced: true } forced) forced.Kill();
            _processes?.Dispose();
            _ended.Set();
        }
    }

    /// <summary>Ends the programs that the attempt started, and those that these started. Any thread may call.</summary>
    /// <returns>How many.</returns>
    public int KillProcesses(Action? beforeKill = null)
    {
        if (_processes is { } processes) return processes.Kill(beforeKill);
        beforeKill?.Invoke();
        return 0;
    }

    /// <summary>Wakes the block out of a wait in .NET code, which a stop does not reach.</summary>
    public void Interrupt() => _thread.Interrupt();
}

/// <summary>The thread of a block, for as long as the block runs on it: only then may it be interrupted.</summary>
internal sealed class BlockThread
{
    private readonly object _gate = new();
    private Thread? _thread;
    private bool _isInterrupted;

    /// <summary>The block begins, on this thread.</summary>
    public void Enter() => _thread = Thread.CurrentThread;

    /// <summary>Wakes the block out of a wait.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            if (_thread is null) return;
            _isInterrupted = true;
            _thread.Interrupt();
        }
    }

    /// <summary>The block has ended. An interruption that came too late to meet a wait of its is taken here, and meets no other.</summary>
    public void Leave()
    {
        while (_thread is not null)
        {
            try
            {
                lock (_gate) _thread = null;
            }
            catch (ThreadInterruptedException)
            {
                // Once more.
            }
        }

        if (!_isInterrupted) return;
        try
        {
            // A wait of no time takes it.
            lock (_gate) Monitor.Wait(_gate, 0);
        }
        catch (ThreadInterruptedException)
        {
            // This was it.
        }
    }
}
