using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Journal.Commands.Binding;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>One attempt in a runspace of its own.</summary>
internal sealed class PoolAttempt
{
    // A block that ignores a stop for longer than this is abandoned, with its runspace: nothing can end it but the end of the process.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly Runspace _runspace;
    private readonly ScriptWork _work;
    private readonly RunningTask _task;
    private readonly StreamForwarder _streams;
    private readonly WaitHandle _giveUp;

    public PoolAttempt(Runspace runspace, ScriptWork work, RunningTask task, StreamForwarder streams, WaitHandle giveUp)
    {
        (_runspace, _work, _task, _streams, _giveUp) = (runspace, work, task, streams, giveUp);
    }

    /// <summary>Whether the block ignored a stop and still runs.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Runs it to its end, to its time limit or to a stop.</summary>
    public AttemptResult Run(CancellationToken stop)
    {
        var session = _runspace.SessionStateProxy;
        session.SetVariable("_", TaskInputs.Restore(_task.Task.Input, session.Path.CurrentFileSystemLocation.Provider));
        session.SetVariable("JournalTask", _task);
        foreach (var (name, value) in _work.Usings) session.SetVariable(name, value);
        var shell = System.Management.Automation.PowerShell.Create();
        shell.Runspace = _runspace;
        shell.AddScript(_work.Text, useLocalScope: true);
        _streams.Forward(shell, _task);
        var output = new PSDataCollection<PSObject>();
        var running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        var limit = _task.Batch.Options.Timeout;
        var ended = WaitHandle.WaitAny([running.AsyncWaitHandle, stop.WaitHandle], limit ?? System.Threading.Timeout.InfiniteTimeSpan);
        if (ended == 0) return Finish(shell, running, output);
        var result = ended == WaitHandle.WaitTimeout ? AttemptOutput.TimedOut(_task, limit!.Value) : AttemptResult.Stopped;
        shell.BeginStop(null, null);
        if (WaitHandle.WaitAny([running.AsyncWaitHandle, _giveUp], StopGrace) == 0) shell.Dispose();
        else Abandon(shell, running);
        return result;
    }

    private AttemptResult Finish(System.Management.Automation.PowerShell shell, IAsyncResult running, PSDataCollection<PSObject> output)
    {
        try
        {
            shell.EndInvoke(running);
            return AttemptOutput.Succeeded(_task, output.ReadAll());
        }
#pragma warning disable CA1031 // Whatever the block throws is the attempt's failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return AttemptOutput.ErrorOf(e) is { } error ? AttemptOutput.Failed(error) : AttemptResult.Stopped;
        }
        finally
        {
            shell.Dispose();
        }
    }

    private void Abandon(System.Management.Automation.PowerShell shell, IAsyncResult running)
    {
        IsAbandoned = true;
        var runspace = _runspace;
        ThreadPool.RegisterWaitForSingleObject(
            running.AsyncWaitHandle,
            (_, _) =>
            {
                shell.Dispose();
                runspace.Dispose();
            },
            null, System.Threading.Timeout.InfiniteTimeSpan, executeOnlyOnce: true);
    }
}
