using System.Globalization;
using Journal.Lifecycle;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Benchmarks;

/// <summary>A journal in a temporary directory, with one batch.</summary>
internal sealed class ScratchJournal : IDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly string _directory = Directory.CreateTempSubdirectory("journal-bench-").FullName;

    /// <summary>A journal with so many pending tasks.</summary>
    /// <param name="tasks">How many.</param>
    /// <param name="options">The policy of their batch; null for the usual one.</param>
    /// <param name="limitKey">The limit key of a task, by its key; null for none.</param>
    public ScratchJournal(int tasks, BatchOptions? options = null, Func<int, string>? limitKey = null)
    {
        Path = System.IO.Path.Combine(_directory, "journal.db");
        using var store = Open();
        BatchId = store.CreateBatch(new NewBatch("bench") { Options = options ?? BatchOptions.Default }).Id;
        for (var added = 0; added < tasks; added += Chunk) 
        {
            var first = added;
            store.AddTasks(BatchId, [.. Keys(added, Math.Min(Chunk, tasks - added)).Select((key, n) => New(key) with { LimitKey = limitKey?.Invoke(first + n) })]);
        }

    }

    private const int Chunk = 10_000;

    public string Path { get; }

    public string BatchId { get; }

    public WorkerIdentity Worker { get; } = new("bench", "bench", 1, "bench", "bench");

    /// <summary>Keys as long as paths are.</summary>
    public static IEnumerable<string> Keys(int first, int count) =>
        Enumerable.Range(first, count).Select(static n => string.Create(CultureInfo.InvariantCulture, $"/photos/2024/08/IMG_{n}.jpg"));

    public static NewTask New(string key) => new(key, TaskInput.OfText(key));

    public IJournalStore Open(Durability durability = Durability.Full) =>
        new SqliteStoreFactory().Open(new StoreOptions(Path, StoreAccess.Create) { Durability = durability });

    /// <summary>Claims and ends tasks in groups, each in one transaction: of every hundred, so many fail.</summary>
    public void Finish(IJournalStore store, int tasks, int failuresInHundred = 0)
    {
        IReadOnlyList<TaskMove> moves = [];
        var left = tasks;
        while (left > 0 || moves.Count > 0)
        {
            var result = store.Exchange(new ExchangeRequest(Worker, BatchId, Lease) { Moves = moves, Claim = Math.Min(left, 256) });
            left -= result.Claimed.Count;
            moves = [.. result.Claimed.Select(task => task.Id % 100 < failuresInHundred ? Failure(task) : TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing, TimeSpan.FromMilliseconds(5)))];
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static TaskMove Failure(JournalTask task)
    {
        var category = (JournalErrorCategory)(1 + (task.Id / 100 % 5));
        return TaskMove.Fail(task.Id, task.Token, new TaskError(category, $"Item {task.Id} was refused", "Item # was refused"), TaskReport.Nothing, TimeSpan.FromMilliseconds(5));
    }
}
