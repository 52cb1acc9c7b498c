using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>Which tasks are handed out, in which order, and when none is.</summary>
public abstract class ClaimConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Fact]
    public void Without_priorities_tasks_come_in_the_order_they_were_added()
    {
        var batch = Batch("c", "a", "b");

        Assert.Equal(["c", "a", "b"], Claim(batch, 10).Select(static task => task.Key));
    }

    [Fact]
    public void A_claimed_task_says_who_has_it_how_often_and_until_when()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);

        Assert.Equal((JournalTaskStatus.InProgress, Ann.Name, 1L, 1), (task.Status, task.Worker, task.Token, task.Attempts));
        Assert.Equal((Now + Lease, Now), (task.LeaseUntil, task.StartedAt));
        Assert.Equal(JournalTaskStatus.InProgress, Task(task.Id).Status);
        Assert.Empty(Claim(batch));
    }

    [Fact]
    public void Higher_priorities_come_first_and_later_stages_before_them()
    {
        var batch = Store.CreateBatch(new NewBatch("import") { Stages = JsonList.From(["one", "two"]) });
        Store.AddTasks(batch.Id, [New("low") with { Priority = -1 }, New("a"), New("high") with { Priority = 5, Weight = 99 }, New("b") with { Weight = 7 }]);
        var high = ClaimOne(batch);
        Assert.Equal("high", high.Key);
        var a = ClaimOne(batch);
        Make(TaskMove.Advance(a.Id, a.Token, TaskReport.Nothing, null, keepsClaim: false));
        Make(TaskMove.Release(high.Id, high.Token, "stop"));

        Assert.Equal(["a", "high", "b", "low"], Claim(batch, 4).Select(static task => task.Key));
    }

    [Fact]
    public void A_worker_of_one_stage_gets_only_its_tasks()
    {
        var batch = Batch(["one", "two"], "a", "b");
        var first = ClaimOne(batch);
        Make(TaskMove.Advance(first.Id, first.Token, TaskReport.Nothing, null, keepsClaim: false));

        var second = Store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 5, Stage = "ONE" });
        Assert.Equal("b", Assert.Single(second.Claimed).Key);
        var third = Store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 5, Stage = "two" });
        Assert.Equal("a", Assert.Single(third.Claimed).Key);
        Fails("StageNotFound", () => Store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 1, Stage = "three" }));
    }

    [Fact]
    public void A_task_in_backoff_waits_for_its_time_and_the_store_says_when()
    {
        var batch = Batch("a", "b");
        var due = Now + TimeSpan.FromSeconds(30);
        Make(Retry(ClaimOne(batch), TimeSpan.FromSeconds(30)));

        var turn = Exchange(batch, 5);
        Assert.Equal("b", Assert.Single(turn.Claimed).Key);
        Assert.Equal(due, turn.Batch.NextDue);

        Fixture.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(Claim(batch));
        Fixture.Time.Advance(Second);
        var task = ClaimOne(batch);
        Assert.Equal("a", task.Key);
        Assert.Null(task.NotBefore);
        Assert.Null(Exchange(batch, 5).Batch.NextDue);
    }

    [Fact]
    public void A_suspect_is_claimed_alone()
    {
        var batch = Batch("a", "killer", "b", "c");
        var tasks = Claim(batch, 2);
        Make(TaskMove.Recover(tasks[1].Id, tasks[1].Token, "crash"));
        Make(TaskMove.Release(tasks[0].Id, tasks[0].Token, "stop"));

        Assert.Equal(["a"], Claim(batch, 4).Select(static task => task.Key));
        Assert.Equal(["killer"], Claim(batch, 4).Select(static task => task.Key));
        Assert.Equal(["b", "c"], Claim(batch, 4).Select(static task => task.Key));
    }

    [Fact]
    public void Suspects_are_claimed_in_halves_of_a_chunk_and_alone_when_the_next_crash_fails_them()
    {
        var batch = Batch("a", "b", "c", "d", "e");
        foreach (var task in Claim(batch, 4)) Make(TaskMove.Recover(task.Id, task.Token, "crash"));
        var half = ClaimChunk(batch);
        Assert.Equal(["a", "b"], half.Select(static task => task.Key));
        foreach (var task in half) Make(TaskMove.Recover(task.Id, task.Token, "crash"));

        Assert.Equal(["a"], ClaimChunk(batch).Select(static task => task.Key));
        Assert.Equal(["b"], ClaimChunk(batch).Select(static task => task.Key));
        Assert.Equal(["c", "d"], ClaimChunk(batch).Select(static task => task.Key));
        Assert.Equal(["e"], ClaimChunk(batch).Select(static task => task.Key));

        IReadOnlyList<JournalTask> ClaimChunk(JournalBatch from) => Store.Exchange(new ExchangeRequest(Ann, from.Id, Lease) { Claim = 9, Chunk = 4 }).Claimed;
    }

    [Fact]
    public void Named_tasks_alone_are_claimed_in_the_order_they_are_named()
    {
        var batch = Batch("a", "b", "c", "d");
        var other = Batch("x");
        var held = ClaimOne(batch);
        var ids = Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToDictionary(static task => task.Key, static task => task.Id);

        var turn = Store.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 10, Only = [ids["d"], held.Id, 4711, Task(other, "x").Id, ids["b"], ids["d"]] });

        Assert.Equal(["d", "b"], turn.Claimed.Select(static task => task.Key));
        Assert.Equal(["c"], Claim(batch, 10).Select(static task => task.Key));
    }

    [Fact]
    public void A_paused_batch_hands_out_nothing_until_it_is_resumed()
    {
        var batch = Batch("a");
        Store.Apply(batch.Id, BatchMove.Pause("Lunch"));

        var turn = Exchange(batch, 1);
        Assert.Empty(turn.Claimed);
        Assert.Equal((JournalBatchStatus.Paused, "Lunch"), (turn.Batch.Status, turn.Batch.PauseReason));

        Store.Apply(batch.Id, BatchMove.Resume("Back"));
        Assert.Single(Claim(batch));
    }

    [Fact]
    public void A_pause_with_an_end_is_lifted_by_the_first_claim_after_it()
    {
        var batch = Batch("a", "b");
        ClaimOne(batch);
        Store.Apply(batch.Id, BatchMove.Pause("Quota", Now + TimeSpan.FromHours(1)));
        Assert.Empty(Claim(batch));

        Fixture.Time.Advance(TimeSpan.FromHours(1));
        var turn = Exchange(batch, 1);

        Assert.Single(turn.Claimed);
        Assert.Equal((JournalBatchStatus.Running, null, null), (turn.Batch.Status, turn.Batch.PauseReason, turn.Batch.PausedUntil));
        Assert.Equal(Now, Again(batch).LastResumedAt);
        Assert.Contains(JournalEventKind.BatchResumed, BatchEvents(batch));
    }

    [Fact]
    public void Completing_one_claims_the_next_in_the_same_turn()
    {
        var batch = Batch("a", "b");
        var first = ClaimOne(batch);

        var turn = Exchange(batch, 1, Complete(first));

        Assert.Equal(new MoveResult(MoveOutcome.Applied, JournalTaskStatus.InProgress), Assert.Single(turn.Moves));
        Assert.Equal("b", Assert.Single(turn.Claimed).Key);
        Assert.Equal(new TaskCounts(0, 1, 1, 0, 0, 0), turn.Batch.Counts);
        Assert.Equal(JournalBatchStatus.Running, turn.Batch.Status);
    }

    [Fact]
    public void Two_workers_never_get_the_same_task()
    {
        var batch = Batch([.. Enumerable.Range(0, 100).Select(static i => $"k{i}")]);
        using var other = Fixture.Open(StoreAccess.Write);

        var seen = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            seen.AddRange(Claim(batch, 3).Select(static task => task.Id));
            seen.AddRange(other.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 3 }).Claimed.Select(static task => task.Id));
        }

        Assert.Equal(100, seen.Count);
        Assert.Equal(100, seen.Distinct().Count());
    }

    [Fact]
    public void Nothing_is_claimed_of_a_batch_that_is_not_there()
    {
        Batch("a");

        Fails("BatchNotFound", () => Store.Exchange(new ExchangeRequest(Ann, "nobody", Lease) { Claim = 1 }));
    }
}
