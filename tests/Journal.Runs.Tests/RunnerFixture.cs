using System.Collections.Concurrent;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs.Tests;

/// <summary>A journal in a directory of its own, and what it takes to run a batch in it.</summary>
public abstract class RunnerFixture : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-running-").FullName;

    protected RunnerFixture() => Store = Open();

    protected IJournalStore Store { get; }

    protected string JournalPath => Path.Combine(_directory, "journal.db");

    protected IJournalStore Open() => new SqliteStoreFactory().Open(new StoreOptions(JournalPath, StoreAccess.Create) { Durability = Durability.Normal });

    protected JournalBatch Start(int tasks, BatchOptions? options = null, params string[] stages) =>
        Start(Enumerable.Range(1, tasks).Select(static n => $"task {n}"), options, stages);

    protected JournalBatch Start(IEnumerable<string> keys, BatchOptions? options = null, params string[] stages)
    {
        var batch = Store.CreateBatch(new NewBatch("work")
        {
            Options = options ?? BatchOptions.Default with { RetryDelay = TimeSpan.Zero },
            Stages = JsonList.From(stages),
        });
        Store.AddTasks(batch.Id, keys.Select(static key => new NewTask(key, TaskInput.OfText(key))).ToList());
        return Store.FindBatch(batch.Id)!;
    }

    protected RunResult Run(
        JournalBatch batch, Func<RunningTask, CancellationToken, object?> work, Listener? listener = null, Func<RunRequest, RunRequest>? with = null,
        IJournalStore? store = null, TimeProvider? time = null, CancellationToken stop = default)
    {
        var request = new RunRequest(batch);
        using var runner = new BatchRunner(
            store ?? Store, with?.Invoke(request) ?? request, new DelegateExecutor(work), listener ?? new Listener(), time ?? TimeProvider.System, ProcessTable.Instance, random: new Random(1));
        return runner.Run(stop);
    }

    protected JournalBatch Find(JournalBatch batch) => Store.FindBatch(batch.Id)!;

    protected List<JournalTask> Tasks(JournalBatch batch) => Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToList();

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected sealed class Listener : IRunObserver
    {
        public ConcurrentQueue<AttemptReport> Reports { get; } = new();

        public ConcurrentQueue<string> Notes { get; } = new();

        public Action<AttemptReport>? OnReport { get; init; }

        public Action<RunProgress>? OnProgress { get; init; }

        public void Report(AttemptReport report)
        {
            Reports.Enqueue(report);
            OnReport?.Invoke(report);
        }

        public void Progress(RunProgress progress) => OnProgress?.Invoke(progress);

        public void Note(string text) => Notes.Enqueue(text);
    }
}
