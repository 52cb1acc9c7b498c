using Journal.Interchange;
using Journal.Interchange.Sources;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>What a store promises about whole batches, wherever they come from.</summary>
public abstract class FullBatchConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    private static readonly DateTimeOffset At = new(2025, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static FullTask Whole(string key, JournalTaskStatus status = JournalTaskStatus.Completed, string? stage = null) => new(new JournalTask
    {
        BatchId = "b-1", Key = key, Status = status, Stage = stage, StoredInput = TaskInput.OfText(key), CreatedAt = At, UpdatedAt = At, QuotaConsumed = 2, QuotaProject = "p",
    });

    private static FullBatch FullOf(params FullTask[] tasks) => new(new JournalBatch { Id = "b-1", Name = "b", CreatedAt = At, StartedAt = At, EndedAt = At.AddHours(1) }, tasks) { Source = "there" };

    [Fact]
    public void A_batch_has_its_own_times_and_the_counters_quota_and_status_that_follow_from_its_tasks()
    {
        Store.Import([FullOf(Whole("a"), Whole("b", JournalTaskStatus.Failed))]);
        var batch = Store.RequireBatch("b-1");
        Assert.Equal((JournalBatchStatus.Failed, 1L, 1L, 4d), (batch.Status, batch.Completed, batch.Failed, batch.QuotaConsumed));
        Assert.Equal((At, At, At.AddHours(1)), (batch.CreatedAt, batch.StartedAt!.Value, batch.EndedAt!.Value));
        Assert.Equal("2 imported from there", Assert.Single(Store.ReadEvents(new EventQuery { BatchIds = ["b-1"] })).Reason);
        Assert.Equal(4d, Assert.Single(Store.ReadFigures("b-1").QuotaByProject).Value);
        Assert.Empty(Store.Check());
    }

    [Fact]
    public void The_attempts_have_their_logs()
    {
        var attempt = new JournalAttempt { BatchId = "b-1", Key = "a", Number = 1, StartedAt = At, EndedAt = At, Outcome = JournalAttemptOutcome.Failed, Log = "2025-03-04T05:06:07.000Z STDERR no disk\n\0 \u001a" };
        Store.Import([FullOf(Whole("a", JournalTaskStatus.Failed) with { Attempts = [attempt, attempt with { Number = 2, Log = null }] })]);
        Assert.Equal([attempt.Log, null], Store.ReadAttempts(new AttemptQuery { BatchIds = ["b-1"] }).Select(static read => read.Log));
        Assert.Empty(Store.Check());
    }

    [Fact]
    public void Tasks_that_are_there_are_left_alone_and_new_ones_open_the_batch_again()
    {
        Store.Import([FullOf(Whole("a"))]);
        var result = Assert.Single(Store.Import([FullOf(Whole("a", JournalTaskStatus.Failed), Whole("c", JournalTaskStatus.Pending))]));
        Assert.Equal((false, 1L, 1L), (result.Created, result.Added, result.AlreadyThere));
        Assert.Equal([JournalTaskStatus.Completed, JournalTaskStatus.Pending], Store.ReadTasks(TaskQuery.All).Select(static task => task.Status));
        Assert.Equal(JournalBatchStatus.Running, Store.RequireBatch("b-1").Status);
        Assert.Empty(Store.Check());
    }

    [Fact]
    public void A_mistake_in_the_last_batch_leaves_nothing_of_the_first()
    {
        var wrong = FullOf(Whole("x", stage: "Nowhere"));
        var error = Assert.Throws<JournalException>(() => Store.Import([FullOf(Whole("a")), wrong with { Batch = wrong.Batch with { Id = "b-2" } }]));
        Assert.Equal(nameof(JournalErrors.StageNotFound), error.ErrorId);
        Assert.Empty(Store.ReadBatches(new BatchQuery()));
        Assert.Equal(0, Store.CountTasks(TaskQuery.All));
    }

    [Fact]
    public void What_was_in_progress_elsewhere_can_be_claimed_here_under_the_next_number()
    {
        var attempt = new JournalAttempt { BatchId = "b-1", Key = "a", Number = 4, StartedAt = At, EndedAt = At.AddSeconds(3), Outcome = JournalAttemptOutcome.Failed };
        Store.Import([FullOf(Whole("a", JournalTaskStatus.InProgress) with { Attempts = [attempt] })]);
        Assert.Empty(Store.ReadInFlight(null));
        var claimed = Assert.Single(Store.Exchange(new ExchangeRequest(Ann, "b-1", TimeSpan.FromMinutes(1)) { Claim = 1 }).Claimed);
        Assert.Equal(2, claimed.Token);
        Assert.Empty(Store.Check());
    }

    [Fact]
    public void Tasks_are_asked_for_as_they_are_written_and_a_key_counts_once()
    {
        var most = 0L;
        IEnumerable<FullTask> Tasks()
        {
            for (var n = 0; n < 5000; n++)
            {
                var task = Whole($"k{n % 4000}");
                yield return task with { Task = task.Task with { EndedAt = At.AddSeconds(n) }, Events = [new JournalEvent { Id = 5000 - n, At = At, BatchId = "b-1", Kind = JournalEventKind.Completed, To = "Completed", Reason = $"r{n % 2}" }] };
                most++;
            }
        }

        var result = Assert.Single(Store.Import([FullOf() with { Batch = FullOf().Batch with { EndedAt = null }, Tasks = Tasks() }]));

        Assert.Equal((4000L, 1000L, 4000L, 5000L), (result.Added, result.AlreadyThere, result.Events, most));
        // As they happened there: the last task's came first.
        Assert.Equal("k3999", Store.FindTask(Store.ReadEvents(new EventQuery { Kinds = [JournalEventKind.Completed], First = 1 }).Single().TaskId!.Value)!.Key);
        Assert.Equal(At.AddSeconds(4999), Store.RequireBatch("b-1").EndedAt);
        Assert.Empty(Store.Check());
    }

    [Fact]
    public void A_source_that_breaks_off_leaves_nothing()
    {
        IEnumerable<FullTask> Tasks()
        {
            for (var n = 0; n < 3000; n++) yield return Whole($"k{n}");
            throw new OperationCanceledException();
        }

        Assert.Throws<OperationCanceledException>(() => Store.Import([FullOf() with { Tasks = Tasks() }]));
        Assert.Empty(Store.ReadBatches(new BatchQuery()));
        Assert.Equal(0, Store.CountTasks(TaskQuery.All));
        Store.Import([FullOf(Whole("a"))]);
        Assert.Equal(1, Store.RequireBatch("b-1").Total);
    }

    [Fact]
    public void Another_journals_batch_with_the_same_id_is_kept_apart_and_found_again()
    {
        Store.Import([FullOf(Whole("a"))]);
        var other = new ImportedFile("there", ImportFormat.Json, [FullOf(Whole("z")) with { Batch = FullOf().Batch with { CreatedAt = At.AddSeconds(1) } }]);
        Assert.Equal("b-1-2", Assert.Single(Store.Import(ImportPlan.Place(other, Store))).BatchId);
        Assert.Equal(("b-1-2", 0L), Store.Import(ImportPlan.Place(other, Store)).Select(static result => (result.BatchId, result.Added)).Single());
        Assert.Equal(["a"], Store.ReadTasks(new TaskQuery { BatchIds = ["b-1"] }).Select(static task => task.Key));
    }
}
