using Journal.Storage;

namespace Journal.Commands.Binding;

/// <summary>
/// Passes tasks on in chunks: large enough that a million inputs cost few commits, small and frequent enough that memory stays flat and a
/// slow source's inputs are on the disk soon.
/// </summary>
public sealed class TaskFeeder
{
    private const int ChunkSize = 10_000;
    private static readonly TimeSpan ChunkAge = TimeSpan.FromMilliseconds(200);

    private readonly Func<IReadOnlyList<NewTask>, AddResult> _add;
    private readonly TimeProvider _time;
    private List<NewTask> _chunk = new(ChunkSize);
    private long _begun;

    /// <summary>A feeder.</summary>
    /// <param name="add">Takes a chunk, which is its own to keep.</param>
    /// <param name="time">Tells a chunk's age.</param>
    public TaskFeeder(Func<IReadOnlyList<NewTask>, AddResult> add, TimeProvider time)
    {
        _add = add;
        _time = time;
    }

    /// <summary>What became of the tasks passed on so far.</summary>
    public AddResult Result { get; private set; }

    /// <summary>Takes a task, and passes a chunk on when it is full or old.</summary>
    public void Add(NewTask task)
    {
        if (_chunk.Count == 0) _begun = _time.GetTimestamp();
        _chunk.Add(task);
        if (_chunk.Count >= ChunkSize || _time.GetElapsedTime(_begun) >= ChunkAge) Flush();
    }

    /// <summary>Passes on what is there.</summary>
    public void Flush()
    {
        if (_chunk.Count == 0) return;
        var chunk = _chunk;
        _chunk = new List<NewTask>(ChunkSize);
        Result += _add(chunk);
    }
}
