using Journal.Torture.Working;

namespace Journal.Torture.Injuring;

/// <summary>Processes that stand ready, so that a worker that was killed is replaced at once: starting the runtime takes longer than many a worker lives.</summary>
internal sealed class WorkerPool(int size) : IDisposable
{
    private readonly Queue<WorkerProcess> _ready = [];

    /// <summary>How many workers it has given out.</summary>
    public int Started { get; private set; }

    /// <summary>A worker that works.</summary>
    public WorkerProcess Start(WorkerOrder order)
    {
        Started++;
        var worker = _ready.Count > 0 ? _ready.Dequeue() : WorkerProcess.StartReady();
        worker.Give(order);
        while (_ready.Count < size) _ready.Enqueue(WorkerProcess.StartReady());
        return worker;
    }

    public void Dispose()
    {
        foreach (var worker in _ready) worker.Dispose();
        _ready.Clear();
    }
}
