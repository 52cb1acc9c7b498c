using Journal.Lifecycle;
using Journal.Storage.Shared;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>How fast tasks are handed out: rate limits, limits of concurrency, holds, and what waits for a key.</summary>
public abstract class PaceConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Fact]
    public void A_rate_limit_hands_out_its_burst_and_then_one_each_interval()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("60/1m+3") }, Keys(10));

        var first = Exchange(batch, 10);
        Assert.Equal(3, first.Claimed.Count);
        Assert.Equal(Now + Second, first.Batch.NextDue);
        Assert.Empty(Claim(batch, 10));
        Fixture.Time.Advance(Second);
        Assert.Single(Claim(batch, 10));
        Fixture.Time.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal(2, Claim(batch, 10).Count);
        IsSound();
    }

    [Fact]
    public void After_a_long_time_without_starts_no_more_than_the_burst_starts()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("60/1m+3") }, Keys(10));
        Claim(batch, 10);
        Fixture.Time.Advance(TimeSpan.FromHours(5));

        Assert.Equal(3, Claim(batch, 10).Count);
    }

    [Theory]
    [InlineData("2/3s", 20)]
    [InlineData("200/1s", 2000)]
    [InlineData("5000/1d", 3)]
    [InlineData("600/1m+50", 100)]
    public void In_every_window_no_more_start_than_the_rate_and_the_burst(string text, int tasks)
    {
        var limit = RateLimit.Parse(text);
        var batch = Paced(new BatchOptions { RateLimit = limit }, Keys(tasks));
        var starts = new List<DateTimeOffset>();
        while (starts.Count < tasks)
        {
            var turn = Exchange(batch, tasks);
            starts.AddRange(turn.Claimed.Select(_ => Now));
            if (turn.Batch.NextDue is { } due) Fixture.Time.Advance(due - Now);
            else Assert.Equal(tasks, starts.Count);
        }

        var took = starts[^1] - starts[0];
        var expected = (tasks - limit.Burst) * (limit.Period / limit.Count);
        Assert.InRange(took, expected * 0.99, expected * 1.01 + Second / 1000);
        for (int i = 0, j = 0; j < starts.Count; j++)
        {
            while (starts[j] - starts[i] > limit.Period) i++;
            Assert.True(j - i + 1 <= limit.Count * ((starts[j] - starts[i]) / limit.Period) + limit.Burst + 0.01);
        }
    }

    [Fact]
    public void A_refusal_writes_nothing_and_says_when_to_ask_again()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("1/1h") }, Keys(50));
        Claim(batch);
        var events = Events(batch).Count;
        var tasks = Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToList();

        for (var i = 0; i < 20; i++) Assert.Equal(Now + TimeSpan.FromHours(1), Exchange(batch, 5).Batch.NextDue);

        Assert.Equal(events, Events(batch).Count);
        Assert.Equal(tasks, Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToList());
    }

    [Fact]
    public void Asking_an_empty_batch_uses_nothing_up()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("2/1h+2") });
        for (var i = 0; i < 5; i++) Assert.Empty(Claim(batch, 2));
        Store.AddTasks(batch.Id, [New("a"), New("b"), New("c")]);

        Assert.Equal(2, Claim(batch, 3).Count);
    }

    [Fact]
    public void A_released_task_gives_its_start_back_and_a_failed_one_does_not()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("1/1h") }, Keys(5));
        var task = ClaimOne(batch);
        Make(TaskMove.Release(task.Id, task.Token, "stop"));
        task = ClaimOne(batch);
        Make(Fail(task));

        Assert.Empty(Claim(batch));
    }

    [Fact]
    public void A_task_costs_what_it_says()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("10/10s") });
        Store.AddTasks(batch.Id, [New("a") with { Cost = 4 }, New("b")]);
        Assert.Equal("a", ClaimOne(batch).Key);

        var turn = Exchange(batch, 1);
        Assert.Empty(turn.Claimed);
        // One a second: what costs four is followed by four seconds without a start.
        Assert.Equal(Now + TimeSpan.FromSeconds(4), turn.Batch.NextDue);
        Fails("InvalidCost", () => Store.AddTasks(batch.Id, [New("c") with { Cost = 10.5 }]));
        Fails("InvalidCost", () => Store.AddTasks(batch.Id, [New("c") with { Cost = 0 }]));
        Fails("InvalidCost", () => Store.AddTasks(batch.Id, [New("c") with { Cost = double.NaN }]));
        Assert.Equal(2, Again(batch).Total);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Server")]
    public void A_clock_that_goes_back_an_hour_stalls_neither_a_batch_nor_a_key(string? limitBy)
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("60/1m"), LimitBy = limitBy });
        Store.AddTasks(batch.Id, [Of("a", 1), Of("a", 2), Of("a", 3)]);
        Claim(batch);
        Fixture.Time.Advance(TimeSpan.FromHours(-1));
        Assert.Empty(Claim(batch));

        Fixture.Time.Advance(Second);
        Assert.Single(Claim(batch));
    }

    [Fact]
    public void A_limit_of_concurrency_counts_leases()
    {
        var batch = Paced(new BatchOptions { ConcurrencyLimit = 2 }, Keys(5));
        var held = Claim(batch, 5);
        Assert.Equal(2, held.Count);
        Assert.Empty(Store.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 5 }).Claimed);
        Make(Complete(held[0]));
        Assert.Single(Claim(batch, 5));
        Make(TaskMove.Recover(held[1].Id, held[1].Token, "dead"));
        Apply(Complete(held[1]));

        Assert.Single(Claim(batch, 5));
        Assert.Empty(Claim(batch, 5));
        IsSound();
    }

    [Fact]
    public void A_quota_is_renewed_once_however_many_periods_were_missed()
    {
        var batch = Paced(new BatchOptions { QuotaLimit = 10, QuotaReset = QuotaReset.Every(TimeSpan.FromDays(1)) }, Keys(3));
        var since = Now;
        var task = ClaimOne(batch);
        Make(Complete(task, new TaskReport { Quota = 7 }));
        Assert.Equal((7.0, 0.0, since), (Again(batch).QuotaConsumed, Again(batch).QuotaBefore, Again(batch).QuotaSince));
        Fixture.Time.Advance(TimeSpan.FromHours(23));
        task = ClaimOne(batch);
        Assert.Equal(0.0, Again(batch).QuotaBefore);
        Fixture.Time.Advance(TimeSpan.FromDays(5));

        var turn = Exchange(batch, 0, Complete(task, new TaskReport { Quota = 2 }));

        Assert.Equal((9.0, 7.0, since.AddDays(5)), (turn.Batch.QuotaConsumed, turn.Batch.QuotaBefore, turn.Batch.QuotaSince));
        Assert.Equal(since.AddDays(6), Again(batch).QuotaResetsAt);
        Assert.False(Again(batch).IsQuotaUsedUp);
        IsSound();
    }

    [Fact]
    public void A_quota_of_a_time_of_day_is_renewed_at_that_time()
    {
        var batch = Paced(new BatchOptions { QuotaLimit = 10, QuotaReset = QuotaReset.Parse("00:00 UTC") }, Keys(3));
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 7 }));
        var midnight = new DateTimeOffset(Now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        Assert.Equal(midnight, Again(batch).QuotaResetsAt);
        Fixture.Time.Advance(midnight - Now);

        Assert.Equal(7.0, Exchange(batch, 1).Batch.QuotaBefore);
    }

    // By key -----------------------------------------------------------------------------------------------------

    [Fact]
    public void A_key_that_has_no_room_holds_up_no_other_and_priority_decides_among_those_that_may_run()
    {
        var batch = Paced(new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" });
        Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 30).Select(n => Of("hot", n)), Of("b", 1), Of("a", 1), Of("b", 2) with { Priority = 9 }]);

        Assert.Equal(["b2", "hot0", "a1"], Claim(batch, 10).Select(static task => task.Key));
        Assert.Empty(Claim(batch, 10));
        Make(Complete(Task(batch, "hot0")));
        Assert.Equal("hot1", ClaimOne(batch).Key);
        Make(Complete(Task(batch, "b2")));
        Assert.Equal("b1", ClaimOne(batch).Key);
        Assert.True(Task(batch, "hot7").WaitsForKey);
        Assert.Null(Task(batch, "hot7").NotBefore);
        IsSound();
    }

    [Fact]
    public void A_task_of_a_higher_priority_that_comes_later_is_the_next_of_its_key()
    {
        var batch = Paced(new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" });
        Store.AddTasks(batch.Id, [Of("a", 1), Of("a", 2)]);
        Store.AddTasks(batch.Id, [Of("a", 3) with { Priority = 1 }]);
        var task = ClaimOne(batch);
        Assert.Equal("a3", task.Key);
        Store.AmendTask(Task(batch, "a2").Id, new TaskAmendment { Priority = 5 });
        Make(Complete(task));

        Assert.Equal("a2", ClaimOne(batch).Key);
    }

    [Fact]
    public void Each_key_has_a_rate_of_its_own_and_the_store_says_when_the_next_one_opens()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("1/10s"), LimitBy = "Server" });
        Store.AddTasks(batch.Id, [Of("a", 1), Of("a", 2), Of("a", 3)]);
        Assert.Equal("a1", ClaimOne(batch).Key);
        Fixture.Time.Advance(TimeSpan.FromSeconds(4));
        Store.AddTasks(batch.Id, [Of("b", 1), Of("b", 2)]);
        Assert.Equal("b1", ClaimOne(batch).Key);

        Assert.Equal(Now + TimeSpan.FromSeconds(6), Exchange(batch, 2).Batch.NextDue);
        Fixture.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["a2"], Claim(batch, 9).Select(static task => task.Key));
        Fixture.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["b2"], Claim(batch, 9).Select(static task => task.Key));
        Fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["a3"], Claim(batch, 9).Select(static task => task.Key));
        IsSound();
    }

    [Fact]
    public void Tasks_without_a_key_of_theirs_have_one_in_common_and_those_of_a_batch_that_limits_by_none_have_none()
    {
        var batch = Paced(new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" });
        Store.AddTasks(batch.Id, [Of("", 1), Of("", 2), New("x"), New("y")]);

        Assert.Equal(["1", "x", "y"], Claim(batch, 9).Select(static task => task.Key));
    }

    [Fact]
    public void Whatever_ends_or_moves_a_task_lets_the_next_of_its_key_run()
    {
        var batch = Paced(new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" });
        Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 9).Select(n => Of("a", n))]);
        TaskMove[] Moves(JournalTask task) =>
        [
            Complete(task), Fail(task), TaskMove.Skip(task.Id, task.Token, "no"), TaskMove.Release(task.Id, task.Token, "stop"),
            TaskMove.Recover(task.Id, task.Token, "dead"), Retry(task, Second), TaskMove.Cancel(task.Id, "no"),
            TaskMove.Postpone(task.Id, task.Token, Now + Second, TaskReport.Nothing, null, "later"),
            TaskMove.Refund(task.Id, task.Token, null, TaskReport.Nothing, null, null, "outage"),
        ];
        for (var n = 0; n < 9; n++)
        {
            var task = ClaimOne(batch);
            Assert.Empty(Claim(batch, 9));
            Make(Moves(task)[n]);
        }

        Store.ApplyToAll(TaskMove.Requeue(0, "again"), new TaskQuery { BatchIds = [batch.Id] });
        Fixture.Time.Advance(Second);
        var done = 0;
        while (Claim(batch, 9) is [var next])
        {
            Make(Complete(next));
            done++;
        }

        Assert.Equal(9, done);
        Assert.Equal(JournalBatchStatus.Completed, Again(batch).Status);
        IsSound();
    }

    [Fact]
    public void New_limits_count_at_the_next_claim()
    {
        var options = new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" };
        var batch = Paced(options);
        Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 20).Select(n => Of("a", n))]);
        Assert.Single(Claim(batch, 20));
        Store.AmendBatch(batch.Id, new BatchAmendment { Options = options with { ConcurrencyLimit = 4 } });
        var turn = Exchange(batch, 20);
        Assert.Equal(3, turn.Claimed.Count);
        Assert.Equal(4, turn.Options.ConcurrencyLimit);
        Store.AmendBatch(batch.Id, new BatchAmendment { Options = options with { ConcurrencyLimit = 2 } });
        Make(Complete(turn.Claimed[0]));
        Assert.Empty(Claim(batch, 20));
        Store.AmendBatch(batch.Id, new BatchAmendment { Options = options with { ConcurrencyLimit = null } });

        Assert.Equal(16, Claim(batch, 20).Count);
        IsSound();
    }

    [Fact]
    public void A_mended_input_takes_its_new_key_with_it()
    {
        var batch = Paced(new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" });
        Store.AddTasks(batch.Id, [Of("a", 1), Of("a", 2), Of("b", 3)]);
        Store.AddTasks(batch.Id, [Of("a", 1) with { LimitKey = "b", Input = TaskInput.OfText("other") }], mends: true);

        Assert.Equal(["a1", "a2"], Claim(batch, 9).Select(static task => task.Key));
    }

    // Holds ------------------------------------------------------------------------------------------------------

    [Fact]
    public void What_the_other_side_asked_for_holds_the_batch_back_for_everybody_and_one_goes_first()
    {
        var batch = Paced(new BatchOptions { RateLimit = RateLimit.Parse("10/1s+5") }, Keys(20));
        var task = Claim(batch, 2)[0];
        var until = Now + TimeSpan.FromMinutes(1);
        Make(TaskMove.Refund(task.Id, task.Token, Broken, TaskReport.Nothing, null, null, "429") with { HoldsBackUntil = until });

        var turn = Exchange(batch, 9);
        Assert.Empty(turn.Claimed);
        Assert.Equal((until, until), (turn.Batch.NextDue, turn.Batch.HeldBackUntil));
        Assert.Equal((until, Broken.Message), (Again(batch).HeldBackUntil, Again(batch).HoldReason));
        Assert.Equal(0, Task(task.Id).Attempts);
        Fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(Claim(batch, 9));
        Fixture.Time.Advance(Second / 10);
        Assert.Single(Claim(batch, 9));
    }

    [Fact]
    public void A_hold_of_a_key_holds_back_that_key_alone_also_without_limits_and_the_longest_wins()
    {
        var batch = Paced(new BatchOptions { LimitBy = "Server" });
        Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 4).Select(n => Of("a", n)), Of("b", 1), Of("b", 2)]);
        var held = Claim(batch, 3);
        Assert.Equal(["a0", "a1", "a2"], held.Select(static task => task.Key));
        var until = Now + TimeSpan.FromMinutes(2);
        Make(TaskMove.Refund(held[0].Id, held[0].Token, Broken, TaskReport.Nothing, null, null, "429") with { HoldsBackUntil = until });
        Make(TaskMove.Refund(held[1].Id, held[1].Token, Broken, TaskReport.Nothing, null, null, "429") with { HoldsBackUntil = until - TimeSpan.FromMinutes(1) });

        Assert.Equal(["b1", "b2"], Claim(batch, 9).Select(static task => task.Key));
        Assert.Equal(until, Exchange(batch, 9).Batch.NextDue);
        Fixture.Time.Advance(TimeSpan.FromMinutes(2));
        var after = Claim(batch, 9).Concat(Claim(batch, 9)).Select(static task => task.Key);
        Assert.Equal(["a0", "a1", "a3"], after);
        Make(Complete(held[2]));
        IsSound();
    }

    [Fact]
    public void A_wider_limit_counts_at_once_whatever_was_spent_under_the_narrow_one()
    {
        var options = new BatchOptions { RateLimit = RateLimit.Parse("1/1h") };
        var batch = Paced(options, Keys(9));
        Claim(batch);
        var keyed = Paced(options with { LimitBy = "Server" });
        Store.AddTasks(keyed.Id, [.. Enumerable.Range(0, 9).Select(static n => Of("a", n))]);
        Claim(keyed);
        foreach (var of in new[] { batch, keyed }) Store.AmendBatch(of.Id, new BatchAmendment { Options = of.Options with { RateLimit = RateLimit.Parse("1/1s") } });

        foreach (var of in new[] { batch, keyed }) Assert.Equal(Now + Second, Exchange(of, 1).Batch.NextDue);
        Fixture.Time.Advance(Second);
        foreach (var of in new[] { batch, keyed }) Assert.Single(Claim(of, 5));
    }

    [Fact]
    public void Whoever_resumes_a_batch_lifts_what_holds_it_and_its_keys_back_and_a_rerun_does_not()
    {
        var batch = Paced(new BatchOptions(), Keys(4));
        var keyed = Paced(new BatchOptions { LimitBy = "Server" });
        Store.AddTasks(keyed.Id, [Of("a", 1), Of("a", 2)]);
        foreach (var of in new[] { batch, keyed })
        {
            var task = ClaimOne(of);
            Make(TaskMove.Refund(task.Id, task.Token, Broken, TaskReport.Nothing, null, null, "429") with { HoldsBackUntil = Now + TimeSpan.FromDays(1) });
            Store.Apply(of.Id, BatchMove.Pause("Interrupted"));
            Store.Apply(of.Id, BatchMove.Resume("run again"));
            Assert.Empty(Claim(of));
            Store.Apply(of.Id, BatchMove.Resume("lift") with { LiftsHolds = true });
            Assert.Single(Claim(of));
        }

        IsSound();
    }

    // Times ------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_task_waits_for_its_own_time_and_one_that_is_held_for_nobodys()
    {
        var batch = Paced(new BatchOptions());
        Store.AddTasks(batch.Id, [New("later") with { NotBefore = Now + TimeSpan.FromHours(1) }, New("held")]);
        var held = Store.AmendTask(Task(batch, "held").Id, new TaskAmendment { IsHeld = true });
        Assert.True(held is { IsHeld: true, NotBefore: null });

        var turn = Exchange(batch, 9);
        Assert.Empty(turn.Claimed);
        Assert.Equal(Now + TimeSpan.FromHours(1), turn.Batch.NextDue);
        Fixture.Time.Advance(TimeSpan.FromHours(1));
        var later = ClaimOne(batch);
        Assert.Equal("later", later.Key);
        Assert.Null(Exchange(batch, 9).Batch.NextDue);
        Store.AmendTask(held.Id, new TaskAmendment { IsHeld = false });
        Assert.Equal("held", ClaimOne(batch).Key);
        Fails("IllegalMove", () => Store.AmendTask(later.Id, new TaskAmendment { IsHeld = true }));
        Fails("IllegalMove", () => Store.AmendTask(later.Id, new TaskAmendment { NotBefore = Now }));
        IsSound();
    }

    [Fact]
    public void A_held_task_of_a_key_lets_the_others_run()
    {
        var batch = Paced(new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" });
        Store.AddTasks(batch.Id, [Of("a", 1), Of("a", 2)]);
        Store.AmendTask(Task(batch, "a1").Id, new TaskAmendment { IsHeld = true });
        var second = ClaimOne(batch);
        Assert.Equal("a2", second.Key);
        Make(Complete(second));
        Assert.Empty(Claim(batch));
        Store.AmendTask(Task(batch, "a1").Id, new TaskAmendment { IsHeld = false });

        Assert.Equal("a1", ClaimOne(batch).Key);
    }

    [Fact]
    public void A_postponement_costs_no_attempt_and_is_counted_by_itself()
    {
        var batch = Batch("a");
        for (var n = 1; n <= 3; n++)
        {
            var task = ClaimOne(batch);
            Assert.Equal((1, n - 1), (task.Attempts, task.Postponed));
            var after = Make(TaskMove.Postpone(task.Id, task.Token, Now + Second, TaskReport.Nothing, null, "not yet published"));
            Assert.Equal((JournalTaskStatus.Pending, 0, n, Now + Second), (after.Status, after.Attempts, after.Postponed, after.NotBefore));
            Fixture.Time.Advance(Second);
        }

        Assert.Equal("not yet published", Events(Task(batch, "a").Id).Last(static e => e.Kind is JournalEventKind.Postponed).Reason);
        Make(Complete(ClaimOne(batch)));
        Assert.Equal(0, Make(TaskMove.Requeue(Task(batch, "a").Id, "again")).Postponed);
        IsSound();
    }

    private JournalBatch Paced(BatchOptions options, params string[] keys)
    {
        var batch = Store.CreateBatch(new NewBatch("paced") { Options = options });
        if (keys.Length > 0) Add(batch, keys);
        return batch;
    }

    private static NewTask Of(string limitKey, int number) => New($"{limitKey}{number}") with { LimitKey = limitKey };

    private static string[] Keys(int count) => [.. Enumerable.Range(0, count).Select(static n => $"k{n}")];
}
