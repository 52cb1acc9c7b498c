using Journal.Interchange;
using Journal.Lifecycle;
using Journal.Storage.Tests.Support;
using Journal.Storage.Transfer;

namespace Journal.Storage.Tests.Conformance;

/// <summary>A batch that moves to another journal keeps its tasks, its history and its standing.</summary>
public abstract class ImportConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    private readonly TFixture _elsewhere = new();

    protected override void CleanUp() => _elsewhere.Dispose();

    [Fact]
    public void A_batch_arrives_with_all_that_belongs_to_it()
    {
        var batch = Lived();
        var from = Again(batch);
        _elsewhere.Time.Advance(TimeSpan.FromDays(3));

        var result = Import(batch);

        Assert.Equal(new ImportResult(batch.Id, true, 5, 0, 4, result.Events), result);
        var there = _elsewhere.Store;
        Assert.Empty(there.Check());
        var to = there.FindBatch(batch.Id)!;
        // What was in progress belongs to nobody there, so it waits.
        Assert.Equal(from.Counts.Moved(JournalTaskStatus.InProgress, JournalTaskStatus.Pending), to.Counts);
        Assert.Equal((from.Status, from.PauseReason, from.CreatedAt, from.StartedAt), (to.Status, to.PauseReason, to.CreatedAt, to.StartedAt));
        Assert.Equal((from.QuotaConsumed, from.Stages.ToString(), from.Options), (to.QuotaConsumed, to.Stages.ToString(), to.Options));
        Assert.Equal(Store.ReadFigures(batch.Id).ActiveTime, there.ReadFigures(batch.Id).ActiveTime);
        Assert.Equal(Store.ReadFigures(batch.Id).QuotaByProject, there.ReadFigures(batch.Id).QuotaByProject);
        Assert.Equal("""{"at":3}""", there.FindCheckpoint(batch.Id, "where")!.Json);

        var before = Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToDictionary(static task => task.Key);
        foreach (var task in there.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }))
        {
            var was = before[task.Key];
            Assert.Equal((was.Stage, was.Priority, was.Weight, was.Duration), (task.Stage, task.Priority, task.Weight, task.Duration));
            Assert.Equal((was.ErrorCategory, was.ErrorMessage, was.Signature, was.EndedAt), (task.ErrorCategory, task.ErrorMessage, task.Signature, task.EndedAt));
            Assert.Equal((was.StoredInput, was.TargetId, was.Outputs.ToString(), was.Metadata.ToString()), (task.StoredInput, task.TargetId, task.Outputs.ToString(), task.Metadata.ToString()));
            Assert.Equal(
                Attempts(was.Id).Select(static attempt => (attempt.Number, attempt.Stage, attempt.Worker, attempt.StartedAt, attempt.EndedAt, attempt.Outcome, attempt.ErrorMessage)),
                there.ReadAttempts(new AttemptQuery { TaskIds = [task.Id] }).Select(static attempt => (attempt.Number, attempt.Stage, attempt.Worker, attempt.StartedAt, attempt.EndedAt, attempt.Outcome, attempt.ErrorMessage)));
            var events = there.ReadEvents(new EventQuery { TaskIds = [task.Id] }).Select(static e => (e.At, e.Kind, e.From, e.To, e.Worker, e.Reason)).ToList();
            Assert.Equal(Events(was.Id).Select(static e => (e.At, e.Kind, e.From, e.To, e.Worker, e.Reason)), events.Take(Events(was.Id).Count));
        }

        Assert.Equal("7", there.ReadResult(there.ReadTasks(new TaskQuery { Keys = [TextPattern.Exactly("a")] }).Single().Id, "Get"));
    }

    [Fact]
    public void Importing_the_same_again_changes_nothing()
    {
        var batch = Lived();
        Import(batch);
        var events = _elsewhere.Store.ReadEvents(new EventQuery()).Count();

        Assert.Equal(new ImportResult(batch.Id, false, 0, 5, 0, 0), Import(batch));

        Assert.Equal(events, _elsewhere.Store.ReadEvents(new EventQuery()).Count());
        Add(batch, "late");
        Assert.Equal((1L, 5L), (Import(batch).Added, Import(batch).AlreadyThere - 1));
        Assert.Empty(_elsewhere.Store.Check());
    }

    [Fact]
    public void What_arrived_can_be_worked_on()
    {
        var batch = Lived();
        Import(batch);
        var there = _elsewhere.Store;
        there.Apply(batch.Id, BatchMove.Resume("go on"));
        // One of them waits for an hour.
        _elsewhere.Time.Advance(TimeSpan.FromHours(2));

        while (there.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 10 }).Claimed is { Count: > 0 } claimed)
        {
            there.Apply([.. claimed.Select(static task => Complete(task))], Ann);
        }

        Assert.Equal(0, there.FindBatch(batch.Id)!.Counts.Open);
        Assert.Empty(there.Check());
    }

    [Fact]
    public void A_task_that_cannot_be_held_refuses_the_whole_import()
    {
        var batch = Lived();
        var whole = FullReader.ReadBatch(Store, Again(batch)) with { Tasks = [.. FullReader.ReadTasks(Store, batch), new FullTask(new JournalTask { BatchId = batch.Id, Key = "x", Stage = "none" })] };

        Fails("StageNotFound", () => _elsewhere.Store.Import([whole]));

        Assert.Empty(_elsewhere.Store.ReadBatches(new BatchQuery()));
        Assert.Empty(_elsewhere.Store.ReadTasks(TaskQuery.All));
    }

    private ImportResult Import(JournalBatch batch) =>
        Assert.Single(_elsewhere.Store.Import([FullReader.ReadBatch(Store, Again(batch)) with { Tasks = [.. FullReader.ReadTasks(Store, batch)] }], Bob));

    /// <summary>A paused batch with a task in every state that has something to tell.</summary>
    private JournalBatch Lived()
    {
        var batch = Batch(["Get", "Put"], "a", "b", "c", "d", "e");
        var tasks = Claim(batch, 4);
        Fixture.Time.Advance(Second);
        Exchange(batch, 0,
            TaskMove.Advance(tasks[0].Id, tasks[0].Token, new TaskReport { Result = "7", Quota = 2, QuotaProject = "p" }, null, keepsClaim: false),
            TaskMove.Fail(tasks[1].Id, tasks[1].Token, Broken, new TaskReport { Quota = 1, Metadata = JsonMap.From([new("m", 1)]) }),
            TaskMove.Complete(tasks[2].Id, tasks[2].Token, new TaskReport { TargetId = "t", Outputs = ["/o"] }));
        var put = ClaimOne(batch);
        Make(Retry(put, TimeSpan.FromHours(1)));
        Store.SetCheckpoint(batch.Id, "where", """{"at":3}""");
        Store.Apply(batch.Id, BatchMove.Pause("Lunch"));
        return batch;
    }
}
