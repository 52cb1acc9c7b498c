using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>Every move from every status: what the table allows takes effect with all it entails, and nothing else changes anything.</summary>
public abstract class MoveConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Theory]
    [MemberData(nameof(TestCases.EveryMoveFromEveryStatus), MemberType = typeof(TestCases))]
    public void A_move_takes_effect_exactly_where_the_table_allows_it(TaskMoveKind kind, JournalTaskStatus from)
    {
        var batch = Batch(["one", "two"], "a", "b");
        var task = Bring(batch, from);
        var before = Again(batch).Counts;
        var events = Events(task.Id).Count;
        var attempts = Attempts(task.Id).Count;
        var rule = TaskLifecycle.Rule(kind);
        // Recover and Abandon always name the lease they end.
        var move = MoveOf(kind, task, kind is TaskMoveKind.Recover or TaskMoveKind.Abandon ? task.Token : null);

        Fixture.Time.Advance(Second);
        var result = Apply(move);
        var after = Task(task.Id);

        Assert.Equal(from, result.From);
        if (!rule.Allows(from))
        {
            Assert.Equal(move.Token is null ? MoveOutcome.Illegal : MoveOutcome.LeaseLost, result.Outcome);
            Assert.Equal(from, after.Status);
            Assert.Equal(task.UpdatedAt, after.UpdatedAt);
            Assert.Equal(before, Again(batch).Counts);
            Assert.Equal(events, Events(task.Id).Count);
            Assert.Equal(attempts, Attempts(task.Id).Count);
            return;
        }

        Assert.Equal(MoveOutcome.Applied, result.Outcome);
        Assert.Equal(rule.To, after.Status);
        Assert.Equal(Now, after.UpdatedAt);
        Assert.Equal(rule.Ends ? Now : null, after.EndedAt);
        Assert.Null(after.LeaseUntil);
        Assert.Equal(before.Moved(from, rule.To), Again(batch).Counts);
        Assert.Equal(
            rule.Attempts switch
            {
                AttemptEffect.Refund => Math.Max(task.Attempts - 1, 0),
                AttemptEffect.Reset => 0,
                _ => task.Attempts,
            },
            after.Attempts);
        Assert.Equal(rule.CountsCrash ? 1 : 0, after.Crashes);

        var written = Assert.Single(Events(task.Id).Skip(events));
        Assert.Equal((rule.Event, from.ToString(), rule.To.ToString()), (written.Kind, written.From, written.To));
        Assert.Equal((Now, Ann.Name, batch.Id), (written.At, written.Worker, written.BatchId));

        var ended = Attempts(task.Id).Skip(attempts).ToList();
        if (from == JournalTaskStatus.InProgress) Assert.Equal(rule.Outcome, Assert.Single(ended).Outcome);
        else Assert.Empty(ended);
        IsSound();
    }

    [Fact]
    public void Unknown_tasks_are_reported_and_do_not_hinder_the_others()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);

        var results = Store.Apply([TaskMove.Cancel(4711, "no such task"), Complete(task)], Ann);

        Assert.Equal([MoveOutcome.NotFound, MoveOutcome.Applied], results.Select(static result => result.Outcome));
        Assert.Null(results[0].From);
        Assert.Equal(JournalTaskStatus.Completed, Task(task.Id).Status);
    }

    [Fact]
    public void An_illegal_move_raises_an_error_that_names_both_states()
    {
        var batch = Batch("a");
        Make(Complete(ClaimOne(batch)));
        var move = TaskMove.Complete(Task(batch, "a").Id, null, TaskReport.Nothing);

        var error = Assert.Throws<JournalException>(() => Apply(move).ThrowUnlessApplied(move));

        Assert.Equal("IllegalMove", error.ErrorId);
        Assert.Contains("is Completed", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Complete' to Completed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_completed_task_keeps_what_its_attempt_reports()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        var report = new TaskReport
        {
            TargetId = "vid-1", Outputs = ["/out/a.txt", "/out/b.txt"], Quota = 1.5, QuotaProject = "p1",
            Metadata = JsonMap.From([new("subject", "AI"), new("size", 12)]),
        };

        var done = Make(TaskMove.Complete(task.Id, task.Token, report, TimeSpan.FromMilliseconds(250), "all fine"));

        Assert.Equal("vid-1", done.TargetId);
        Assert.Equal(["/out/a.txt", "/out/b.txt"], done.Outputs);
        Assert.Equal((1.5, "p1"), (done.QuotaConsumed, done.QuotaProject));
        Assert.Equal("AI", done.Metadata["subject"]);
        Assert.Equal(12L, done.Metadata["size"]);
        Assert.Equal(TimeSpan.FromMilliseconds(250), done.Duration);
        Assert.Equal("all fine", Events(task.Id)[^1].Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_target_id_that_another_task_of_the_batch_has_is_told_when_it_is_recorded(bool together)
    {
        var batch = Batch("a", "b", "c");
        var other = Batch("elsewhere");
        Make(Complete(ClaimOne(other), new TaskReport { TargetId = Long("same") }));
        var moves = Claim(batch, 3).Select(task => Complete(task, new TaskReport { TargetId = Long(task.Key == "c" ? "own" : "same") })).ToArray();

        var results = together ? Store.Apply(moves).ToArray() : [.. moves.Select(Apply)];

        Assert.All(results, static result => Assert.Equal(MoveOutcome.Applied, result.Outcome));
        Assert.Equal([null, new SharedTarget(Long("same"), "b", "a"), null], results.Select(static result => result.Shared));
        Assert.Contains("that of 'a' too", Events(Task(batch, "b").Id)[^1].Reason, StringComparison.Ordinal);
        Assert.Null(Events(Task(batch, "a").Id)[^1].Reason);
        Assert.Equal(["a", "b"], Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id], TargetIds = [TextPattern.Exactly(Long("same"))] }).Select(static task => task.Key));

        // Longer than an entry of any index, and alike for longer than a prefix.
        static string Long(string text) => new string('x', 9_000) + text;
    }

    [Fact]
    public void A_move_that_minds_is_not_made_with_the_target_id_of_another_task()
    {
        var batch = Batch(["one", "two"], "a", "b");
        var (first, second) = (ClaimOne(batch), ClaimOne(batch));
        Make(TaskMove.Advance(first.Id, first.Token, new TaskReport { TargetId = "same" }, null, keepsClaim: false));
        var before = Events(second.Id).Count;
        var move = TaskMove.Advance(second.Id, second.Token, new TaskReport { TargetId = "same", Quota = 1 }, null, keepsClaim: false) with { RefusesSharedTarget = true };

        var error = Assert.Throws<JournalException>(() => Apply(move).ThrowUnlessApplied(move));

        Assert.Equal(("TargetTaken", "same"), (error.ErrorId, error.Target));
        Assert.Equal((JournalTaskStatus.InProgress, null, 0d, before), (Task(second.Id).Status, Task(second.Id).TargetId, Again(batch).QuotaConsumed, Events(second.Id).Count));
        Make(move with { Report = new TaskReport { TargetId = "other" } });
        // Its own it may say again.
        var again = ClaimOne(batch);
        Make(TaskMove.Complete(again.Id, again.Token, new TaskReport { TargetId = "same" }) with { RefusesSharedTarget = true });
    }

    [Fact]
    public void Reports_of_several_attempts_add_up_whatever_became_of_them()
    {
        var batch = Batch("a");
        var first = ClaimOne(batch);
        Make(TaskMove.Retry(first.Id, first.Token, Broken, new TaskReport { Quota = 2, QuotaProject = "p1", Outputs = ["/x"], Metadata = JsonMap.From([new("n", 1), new("kept", true)]) }, Now, Second, "again"));
        var second = ClaimOne(batch);
        Make(TaskMove.Complete(second.Id, second.Token, new TaskReport { Quota = 3, Outputs = ["/y", "/x"], Metadata = JsonMap.From([new("n", 2)]) }, Second));

        var done = Task(first.Id);
        Assert.Equal((5, "p1"), (done.QuotaConsumed, done.QuotaProject));
        Assert.Equal(["/x", "/y"], done.Outputs);
        Assert.Equal(2L, done.Metadata["n"]);
        Assert.Equal(true, done.Metadata["kept"]);
        Assert.Equal(2 * Second, done.Duration);
        Assert.Equal(5, Again(batch).QuotaConsumed);
        Assert.Equal([new KeyValuePair<string?, double>("p1", 5)], Store.ReadFigures(batch.Id).QuotaByProject);
    }

    [Fact]
    public void A_failed_task_keeps_its_error_and_a_retried_one_waits()
    {
        var batch = Batch("a");
        var waiting = Make(Retry(ClaimOne(batch), TimeSpan.FromMinutes(1)));

        Assert.Equal((JournalErrorCategory.NetworkError, Broken.Message, Broken.Signature), (waiting.ErrorCategory, waiting.ErrorMessage, waiting.Signature));
        Assert.Equal(Now + TimeSpan.FromMinutes(1), waiting.NotBefore);
        Assert.Equal(1, waiting.Attempts);

        Fixture.Time.Advance(TimeSpan.FromMinutes(1));
        var done = Make(Complete(ClaimOne(batch)));
        Assert.Equal(JournalErrorCategory.None, done.ErrorCategory);
        Assert.Null(done.ErrorMessage);
        Assert.Equal(2, done.Attempts);
    }

    [Fact]
    public void A_skipped_task_says_why()
    {
        var batch = Batch("a");
        Make(Fail(ClaimOne(batch)));

        var skipped = Make(TaskMove.Skip(Task(batch, "a").Id, null, "Not worth it"));

        Assert.Equal("Not worth it", skipped.ErrorMessage);
        Assert.Equal(JournalErrorCategory.None, skipped.ErrorCategory);
    }

    [Fact]
    public void A_requeued_task_begins_anew_and_keeps_its_history()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Make(TaskMove.Fail(task.Id, task.Token, Broken, new TaskReport { Quota = 2, TargetId = "t", Outputs = ["/x"], Metadata = JsonMap.From([new("n", 1)]) }, Second));

        var again = Make(TaskMove.Requeue(task.Id, "another try"));

        Assert.Equal((JournalTaskStatus.Pending, 0, 0), (again.Status, again.Attempts, again.Crashes));
        Assert.Equal((null, null, null, null), (again.ErrorMessage, again.Duration, again.EndedAt, again.TargetId));
        Assert.Empty(again.Outputs);
        Assert.Equal(1L, again.Metadata["n"]);
        Assert.Equal(2, again.QuotaConsumed);
        Assert.Single(Attempts(task.Id));
        var claimed = ClaimOne(batch);
        Assert.Equal((1, 2L), (claimed.Attempts, claimed.Token));
    }

    [Fact]
    public void A_breaker_gives_back_failures_that_were_already_recorded()
    {
        var batch = Batch("a", "b");
        var failed = Make(Fail(ClaimOne(batch)));
        var retried = Make(Retry(ClaimOne(batch), TimeSpan.FromHours(1)));

        Make(TaskMove.Refund(failed.Id, null, null, TaskReport.Nothing, null, null, "The breaker tripped"));
        Make(TaskMove.Refund(retried.Id, null, null, TaskReport.Nothing, null, null, "The breaker tripped"));

        Assert.Equal([0, 0], Claim(batch, 2).Select(static task => task.Attempts - 1));
    }

    [Fact]
    public void A_move_of_many_leaves_alone_what_may_not_make_it()
    {
        var batch = Batch("a", "b", "c", "d");
        var tasks = Claim(batch, 3);
        Exchange(batch, 0, Complete(tasks[0]), Fail(tasks[1]));

        var moved = Store.ApplyToAll(TaskMove.Requeue(0, "all over"), new TaskQuery { BatchIds = [batch.Id] }, Bob);

        Assert.Equal(2, moved);
        Assert.Equal(new TaskCounts(3, 1, 0, 0, 0, 0), Again(batch).Counts);
        Assert.Equal(2, Events(batch).Count(static e => e.Kind == JournalEventKind.Requeued && e.Worker == "bob"));
        IsSound();
    }

    [Fact]
    public void A_dead_workers_time_is_not_counted_as_work()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Fixture.Time.Advance(TimeSpan.FromDays(2));

        var recovered = Make(TaskMove.Recover(task.Id, task.Token, "gone"));

        Assert.Null(recovered.Duration);
        Assert.Equal(TimeSpan.Zero, Store.ReadFigures(batch.Id).ActiveTime);
        Assert.Equal(TimeSpan.FromDays(2), Assert.Single(Attempts(task.Id)).Duration);
    }

    private JournalTask Bring(JournalBatch batch, JournalTaskStatus status)
    {
        if (status == JournalTaskStatus.Pending) return Task(batch, "a");
        var task = ClaimOne(batch);
        return status switch
        {
            JournalTaskStatus.InProgress => task,
            JournalTaskStatus.Completed => Make(Complete(task)),
            JournalTaskStatus.Failed => Make(Fail(task)),
            JournalTaskStatus.Skipped => Make(TaskMove.Skip(task.Id, task.Token, "no need")),
            _ => Make(TaskMove.Cancel(task.Id, "stop")),
        };
    }

    private TaskMove MoveOf(TaskMoveKind kind, JournalTask task, long? token) => kind switch
    {
        TaskMoveKind.Complete => TaskMove.Complete(task.Id, token, TaskReport.Nothing),
        TaskMoveKind.Advance => TaskMove.Advance(task.Id, token, TaskReport.Nothing, null, keepsClaim: false),
        TaskMoveKind.Fail => TaskMove.Fail(task.Id, token, Broken, TaskReport.Nothing),
        TaskMoveKind.Retry => TaskMove.Retry(task.Id, token, Broken, TaskReport.Nothing, Now + Second, null, "again"),
        TaskMoveKind.Release => TaskMove.Release(task.Id, token, "stopped"),
        TaskMoveKind.Recover => TaskMove.Recover(task.Id, token!.Value, "gone"),
        TaskMoveKind.Abandon => TaskMove.Abandon(task.Id, token!.Value, Broken, "gone"),
        TaskMoveKind.Skip => TaskMove.Skip(task.Id, token, "no need"),
        TaskMoveKind.Cancel => TaskMove.Cancel(task.Id, "stop"),
        TaskMoveKind.Requeue => TaskMove.Requeue(task.Id, "again"),
        TaskMoveKind.Postpone => TaskMove.Postpone(task.Id, token, Now, TaskReport.Nothing, null, "later"),
        _ => TaskMove.Refund(task.Id, token, null, TaskReport.Nothing, null, null, "quota"),
    };
}
