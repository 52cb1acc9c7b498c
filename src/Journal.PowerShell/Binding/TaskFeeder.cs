using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Journal.Storage;

namespace Journal.Commands.Binding;

/// <summary>
/// Passes tasks on in chunks: large enough that a million inputs cost few commits, small and frequent enough that memory stays flat and a
/// slow source's inputs are on the disk soon. With a limit it takes all of them first, to pass on those that are wanted most.
/// </summary>
public sealed class TaskFeeder
{
    private const int ChunkSize = 10_000;
    private static readonly TimeSpan ChunkAge = TimeSpan.FromMilliseconds(200);

    private readonly Func<IReadOnlyList<NewTask>, AddResult> _add;
    private readonly TimeProvider _time;
    private readonly long? _first;
    private List<NewTask> _chunk = new(ChunkSize);
    private long _begun;
    private HashSet<Guid>? _seen;

    /// <summary>A feeder.</summary>
    /// <param name="add">Takes a chunk, which is its own to keep.</param>
    /// <param name="time">Tells a chunk's age.</param>
    /// <param name="first">How many new tasks to add at most, see <see cref="InventoryOrder"/>; null for all.</param>
    public TaskFeeder(Func<IReadOnlyList<NewTask>, AddResult> add, TimeProvider time, long? first = null)
    {
        _add = add;
        _time = time;
        _first = first;
    }

    /// <summary>What became of the tasks passed on so far.</summary>
    public AddResult Result { get; private set; }

    /// <summary>Tasks that the limit left out; some of them may be there already.</summary>
    public long LeftOut { get; private set; }

    /// <summary>
    /// From now on a key that came before is passed on no more: where tasks take inputs that have changed, the first of several with one key counts, in
    /// whichever chunks they lie. Memory grows with the number of keys, by some 30 bytes each.
    /// </summary>
    public void PassKeysOnce() => _seen ??= [];

    /// <summary>Takes a task, and passes a chunk on when it is full or old.</summary>
    public void Add(NewTask task)
    {
        if (_seen is not null && !_seen.Add(DigestOf(task.Key)))
        {
            Result += new AddResult(0, 0, 1);
            return;
        }

        if (_chunk.Count == 0) _begun = _time.GetTimestamp();
        _chunk.Add(task);
        if (_first is not null) return;
        if (_chunk.Count >= ChunkSize || _time.GetElapsedTime(_begun) >= ChunkAge) Flush();
    }

    /// <summary>Passes on what is there.</summary>
    public void Flush()
    {
        if (_chunk.Count == 0) return;
        var chunk = _chunk;
        _chunk = new List<NewTask>(ChunkSize);
        if (_first is { } first) AddMostWanted(chunk, first);
        else Result += _add(chunk);
    }

    private static Guid DigestOf(string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan()), digest);
        return new Guid(digest[..16]);
    }

    // Those that are there already do not use up the limit, and only the journal knows them: so as many as are missing, again and again.
    private void AddMostWanted(List<NewTask> tasks, long first)
    {
        var wanted = InventoryOrder.MostWanted(tasks).ToList();
        var next = 0;
        while (next < wanted.Count && Result.Added < first)
        {
            var chunk = wanted.GetRange(next, (int)Math.Min(Math.Min(first - Result.Added, ChunkSize), wanted.Count - next));
            next += chunk.Count;
            Result += _add(chunk);
        }

        LeftOut = wanted.Count - next;
    }
}
