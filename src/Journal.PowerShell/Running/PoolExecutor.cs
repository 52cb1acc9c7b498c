using System.Collections.Concurrent;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>Runs script blocks in runspaces of their own, several at a time. A runspace is kept for the next attempt, and given up when an attempt left it unusable.</summary>
internal sealed class PoolExecutor : ITaskExecutor, IDisposable
{
    private readonly StageWorks _works;
    private readonly RunspaceSetup _setup;
    private readonly StreamForwarder _streams;
    private readonly ConcurrentBag<PoolRunspace> _idle = [];
    private readonly System.Collections.Hashtable _usings = [];
    private readonly ManualResetEvent _giveUp = new(false);

    public PoolExecutor(StageWorks works, RunspaceSetup setup, StreamForwarder streams)
    {
        (_works, _setup, _streams) = (works, setup, streams);
        foreach (var work in works.All)
        {
            foreach (System.Collections.DictionaryEntry entry in work.Usings) _usings[entry.Key] = entry.Value;
        }
    }

    /// <inheritdoc/>
    public bool RunsOnCaller => false;

    /// <inheritdoc/>
    public void Prepare() => _idle.Add(Open());

    /// <inheritdoc/>
    public AttemptResult Execute(RunningTask task, CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return AttemptResult.Stopped;
        var runspace = _idle.TryTake(out var idle) ? idle : Open();
        var result = runspace.Run(_works.For(task.Stage), task, stop);
        if (runspace.IsUsable) _idle.Add(runspace);
        else if (!runspace.IsAbandoned) runspace.Dispose();
        return result;
    }

    /// <summary>Waits no longer for blocks that were told to stop and do not.</summary>
    public void GiveUp() => _giveUp.Set();

    /// <summary>Closes the runspaces. Those of abandoned attempts close when their blocks end.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out var runspace)) runspace.Dispose();
        _giveUp.Dispose();
    }

    private PoolRunspace Open() => new(_setup.Open(), _streams, _usings, _giveUp);
}
