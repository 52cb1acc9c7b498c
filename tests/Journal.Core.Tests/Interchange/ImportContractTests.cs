using Journal.Interchange;
using Journal.Interchange.Sources;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Tests.Interchange;

/// <summary>What a store promises about whole batches.</summary>
public class ImportContractTests : InterchangeFixture
{
    private static readonly DateTimeOffset At = new(2025, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static WholeTask Task(string key, JournalTaskStatus status = JournalTaskStatus.Completed, string? stage = null) => new(new JournalTask
    {
        BatchId = "b-1", Key = key, Status = status, Stage = stage, Input = TaskInput.OfText(key), CreatedAt = At, UpdatedAt = At, QuotaConsumed = 2, QuotaProject = "p",
    });

    private static WholeBatch Batch(params WholeTask[] tasks) => new(new JournalBatch { Id = "b-1", Name = "b", CreatedAt = At, StartedAt = At, EndedAt = At.AddHours(1) }, tasks) { Source = "there" };

    [Fact]
    public void A_batch_has_its_own_times_and_the_counters_quota_and_status_that_follow_from_its_tasks()
    {
        var store = NewStore();
        store.Import([Batch(Task("a"), Task("b", JournalTaskStatus.Failed))]);
        var batch = store.RequireBatch("b-1");
        Assert.Equal((JournalBatchStatus.Failed, 1L, 1L, 4d), (batch.Status, batch.Completed, batch.Failed, batch.QuotaConsumed));
        Assert.Equal((At, At, At.AddHours(1)), (batch.CreatedAt, batch.StartedAt!.Value, batch.EndedAt!.Value));
        Assert.Equal("2 imported from there", Assert.Single(store.ReadEvents(new EventQuery { BatchIds = ["b-1"] })).Reason);
        Assert.Equal(4d, Assert.Single(store.ReadFigures("b-1").QuotaByProject).Value);
        Assert.Empty(store.Check());
    }

    [Fact]
    public void Tasks_that_are_there_are_left_alone_and_new_ones_open_the_batch_again()
    {
        var store = NewStore();
        store.Import([Batch(Task("a"))]);
        var result = Assert.Single(store.Import([Batch(Task("a", JournalTaskStatus.Failed), Task("c", JournalTaskStatus.Pending))]));
        Assert.Equal((false, 1L, 1L), (result.Created, result.Added, result.AlreadyThere));
        Assert.Equal([JournalTaskStatus.Completed, JournalTaskStatus.Pending], store.ReadTasks(TaskQuery.All).Select(static task => task.Status));
        Assert.Equal(JournalBatchStatus.Running, store.RequireBatch("b-1").Status);
        Assert.Empty(store.Check());
    }

    [Fact]
    public void A_mistake_in_the_last_batch_leaves_nothing_of_the_first()
    {
        var store = NewStore();
        var wrong = Batch(Task("x", stage: "Nowhere"));
        var error = Assert.Throws<JournalException>(() => store.Import([Batch(Task("a")), wrong with { Batch = wrong.Batch with { Id = "b-2" } }]));
        Assert.Equal(nameof(JournalErrors.StageNotFound), error.ErrorId);
        Assert.Empty(store.ReadBatches(new BatchQuery()));
        Assert.Equal(0, store.CountTasks(TaskQuery.All));
    }

    [Fact]
    public void What_was_in_progress_elsewhere_can_be_claimed_here_under_the_next_number()
    {
        var store = NewStore();
        var attempt = new JournalAttempt { BatchId = "b-1", Key = "a", Number = 4, StartedAt = At, EndedAt = At.AddSeconds(3), Outcome = JournalAttemptOutcome.Failed };
        store.Import([Batch(Task("a", JournalTaskStatus.InProgress) with { Attempts = [attempt] })]);
        Assert.Empty(store.ReadInFlight(null));
        var worker = ProcessTable.Instance.NewWorker();
        var claimed = Assert.Single(store.Exchange(new ExchangeRequest(worker, "b-1", TimeSpan.FromMinutes(1)) { Claim = 1 }).Claimed);
        Assert.Equal(2, claimed.Token);
        Assert.Empty(store.Check());
    }

    [Fact]
    public void Another_journals_batch_with_the_same_id_is_kept_apart_and_found_again()
    {
        var store = NewStore();
        store.Import([Batch(Task("a"))]);
        var other = new ImportedFile("there", ImportFormat.Json, [Batch(Task("z")) with { Batch = Batch().Batch with { CreatedAt = At.AddSeconds(1) } }]);
        Assert.Equal("b-1-2", Assert.Single(Import(store, other)).BatchId);
        Assert.Equal(("b-1-2", 0L), Import(store, other).Select(static result => (result.BatchId, result.Added)).Single());
        Assert.Equal(["a"], store.ReadTasks(new TaskQuery { BatchIds = ["b-1"] }).Select(static task => task.Key));
    }
}
