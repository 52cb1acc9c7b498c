using Journal.Torture.Working;

namespace Journal.Torture.Injuring;

/// <summary>Processes that stand ready, so that a worker that was killed is replaced at once: starting the runtime takes longer than many a worker lives.</summary>
/// <param name="size">How many stand ready here.</param>
/// <param name="sizeElsewhere">How many in each other place from which somebody works.</param>
internal sealed class WorkerPool(int size, int sizeElsewhere) : IDisposable
{
    private readonly Dictionary<WorkerPlace, Queue<WorkerProcess>> _ready = [];

    /// <summary>How many workers it has given out, by the place from which they work.</summary>
    public Dictionary<string, int> Started { get; } = [];

    /// <summary>A worker that works.</summary>
    public WorkerProcess Start(WorkerOrder order)
    {
        Started[order.Place.Name] = Started.GetValueOrDefault(order.Place.Name) + 1;
        if (!_ready.TryGetValue(order.Place, out var ready)) ready = _ready[order.Place] = [];
        var worker = ready.Count > 0 ? ready.Dequeue() : WorkerProcess.StartReady(order.Place);
        worker.Give(order);
        while (ready.Count < (order.Place == WorkerPlace.Here ? size : sizeElsewhere)) ready.Enqueue(WorkerProcess.StartReady(order.Place));
        return worker;
    }

    /// <summary>Ends those that stand ready elsewhere: nobody will be sent there for a while.</summary>
    public void Recall()
    {
        foreach (var (place, ready) in _ready.Where(static pair => pair.Key != WorkerPlace.Here).ToList())
        {
            foreach (var worker in ready) worker.Dispose();
            _ready.Remove(place);
        }
    }

    public void Dispose()
    {
        foreach (var worker in _ready.Values.SelectMany(static ready => ready)) worker.Dispose();
        _ready.Clear();
        WorkerPlace.Clear();
    }
}
