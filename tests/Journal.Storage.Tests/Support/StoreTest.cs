using Journal.Lifecycle;
using Journal.Workers;

namespace Journal.Storage.Tests.Support;

/// <summary>What tests of a store say again and again.</summary>
public abstract class StoreTest<TFixture> : IDisposable where TFixture : StoreFixture, new()
{
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    protected static readonly TaskError Broken = new(JournalErrorCategory.NetworkError, "Connection 17 was reset", "Connection # was reset", "SocketError", "at <ScriptBlock>, line 3");

    protected TFixture Fixture { get; } = new();

    protected IJournalStore Store => Fixture.Store;

    protected DateTimeOffset Now => Fixture.Time.GetUtcNow();

    protected WorkerIdentity Ann { get; } = new("host1", "space1", 100, "start1", "a1b2c3");

    protected WorkerIdentity Bob { get; } = new("host1", "space1", 200, "start2", "d4e5f6", "bob");

    public void Dispose()
    {
        CleanUp();
        Fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    protected virtual void CleanUp()
    {
    }

    /// <summary>A batch with tasks that have these keys.</summary>
    protected JournalBatch Batch(params string[] keys) => Batch([], keys);

    /// <summary>A batch with stages and tasks that have these keys.</summary>
    protected JournalBatch Batch(string[] stages, params string[] keys)
    {
        var batch = Store.CreateBatch(new NewBatch("import") { Stages = JsonList.From(stages) });
        Add(batch, keys);
        return Store.FindBatch(batch.Id)!;
    }

    protected AddResult Add(JournalBatch batch, params string[] keys) => Store.AddTasks(batch.Id, [.. keys.Select(New)]);

    protected static NewTask New(string key) => new(key, TaskInput.OfText(key));

    protected ExchangeResult Exchange(JournalBatch batch, int claim, params TaskMove[] moves) =>
        Store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = claim, Moves = moves });

    protected IReadOnlyList<JournalTask> Claim(JournalBatch batch, int count = 1) => Exchange(batch, count).Claimed;

    protected JournalTask ClaimOne(JournalBatch batch) => Assert.Single(Claim(batch));

    protected MoveResult Apply(TaskMove move) => Assert.Single(Store.Apply([move], Ann));

    /// <summary>Applies a move that must take effect.</summary>
    protected JournalTask Make(TaskMove move)
    {
        Assert.Equal(MoveOutcome.Applied, Apply(move).Outcome);
        return Task(move.TaskId);
    }

    protected JournalTask Task(long id) => Store.FindTask(id)!;

    protected JournalTask Task(JournalBatch batch, string key) =>
        Assert.Single(Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id], Keys = [TextPattern.Exactly(key)] }));

    protected JournalBatch Again(JournalBatch batch) => Store.FindBatch(batch.Id)!;

    protected IReadOnlyList<JournalEvent> Events(JournalBatch batch) => [.. Store.ReadEvents(new EventQuery { BatchIds = [batch.Id] })];

    protected IReadOnlyList<JournalEventKind> BatchEvents(JournalBatch batch) =>
        [.. Events(batch).Where(static e => e.TaskId is null).Select(static e => e.Kind)];

    protected IReadOnlyList<JournalEvent> Events(long task) => [.. Store.ReadEvents(new EventQuery { TaskIds = [task] })];

    protected IReadOnlyList<JournalAttempt> Attempts(long task) => [.. Store.ReadAttempts(new AttemptQuery { TaskIds = [task] })];

    protected static TaskMove Complete(JournalTask task, TaskReport? report = null) => TaskMove.Complete(task.Id, task.Token, report ?? TaskReport.Nothing);

    protected static TaskMove Fail(JournalTask task, TaskError? error = null) => TaskMove.Fail(task.Id, task.Token, error ?? Broken, TaskReport.Nothing);

    protected TaskMove Retry(JournalTask task, TimeSpan after) =>
        TaskMove.Retry(task.Id, task.Token, Broken, TaskReport.Nothing, Now + after, null, "try again");

    protected static void Fails(string errorId, Action action) => Assert.Equal(errorId, Assert.Throws<JournalException>(action).ErrorId);

    /// <summary>Whatever a test did, the journal must be sound after it.</summary>
    protected void IsSound() => Assert.Empty(Store.Check());
}
