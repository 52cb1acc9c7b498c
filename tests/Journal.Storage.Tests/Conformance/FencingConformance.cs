using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>A worker that lost its lease can do nothing more to the task, or the work of two would be recorded as one's.</summary>
public abstract class FencingConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Fact]
    public void A_worker_that_was_given_up_cannot_complete_the_task_that_another_one_has_now()
    {
        var batch = Batch("a");
        var lost = ClaimOne(batch);
        Make(TaskMove.Recover(lost.Id, lost.Token, "lease expired"));
        var held = Assert.Single(Store.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 1 }).Claimed);

        var late = Apply(Complete(lost));

        Assert.Equal((MoveOutcome.LeaseLost, JournalTaskStatus.InProgress), (late.Outcome, late.From));
        Assert.Equal("bob", Task(lost.Id).Worker);
        Assert.Equal(JournalTaskStatus.Completed, Make(Complete(held)).Status);
    }

    [Fact]
    public void A_token_is_no_good_in_another_workers_hands()
    {
        // As after a crash in which the journal forgot a claim that it had answered: the same number was given out again.
        var batch = Batch(["one", "two"], "a");
        var held = Assert.Single(Store.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 1 }).Claimed);
        TaskMove[] moves =
        [
            TaskMove.Advance(held.Id, held.Token, TaskReport.Nothing, null, keepsClaim: true), Fail(held), Retry(held, Second), TaskMove.Release(held.Id, held.Token, "stop"),
            TaskMove.Skip(held.Id, held.Token, "skip"), TaskMove.Refund(held.Id, held.Token, Broken, TaskReport.Nothing, null, null, "quota"),
        ];

        Assert.All(Exchange(batch, 0, moves).Moves, static result => Assert.Equal(MoveOutcome.LeaseLost, result.Outcome));

        Assert.Equal(("bob", held.Token), (Task(held.Id).Worker, Task(held.Id).Token));
        Assert.Equal(MoveOutcome.Applied, Store.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Moves = [moves[0]] }).Moves[0].Outcome);
    }

    [Fact]
    public void Every_move_that_carries_a_lost_token_is_refused()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Make(TaskMove.Cancel(task.Id, "stop"));

        TaskMove[] moves =
        [
            Complete(task), Fail(task), Retry(task, Second), TaskMove.Release(task.Id, task.Token, "stop"), TaskMove.Skip(task.Id, task.Token, "skip"),
            TaskMove.Recover(task.Id, task.Token, "dead"), TaskMove.Abandon(task.Id, task.Token, Broken, "dead"),
        ];

        Assert.All(Store.Apply(moves, Ann), static result => Assert.Equal(MoveOutcome.LeaseLost, result.Outcome));
        Assert.Equal(JournalTaskStatus.Canceled, Task(task.Id).Status);
        Fails("LeaseLost", () => Apply(moves[0]).ThrowUnlessApplied(moves[0]));
    }

    [Fact]
    public void A_refund_gives_back_the_attempt_it_names_ended_or_not()
    {
        var batch = Batch("a");
        var first = ClaimOne(batch);
        Make(Fail(first));
        TaskMove Refund(JournalTask task) => TaskMove.Refund(task.Id, task.Token, null, TaskReport.Nothing, null, null, "The breaker tripped");

        Assert.Equal((JournalTaskStatus.Pending, 0), (Make(Refund(first)).Status, Task(first.Id).Attempts));
        var second = ClaimOne(batch);
        Assert.Equal(MoveOutcome.LeaseLost, Apply(Refund(first)).Outcome);
        Make(Refund(second));
        Make(TaskMove.Cancel(second.Id, "stop"));
        Assert.Equal(MoveOutcome.Illegal, Apply(Refund(second)).Outcome);
    }

    [Fact]
    public void A_task_is_recorded_completed_once()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);

        Assert.Equal([MoveOutcome.Applied, MoveOutcome.LeaseLost], Store.Apply([Complete(task), Complete(task)], Ann).Select(static r => r.Outcome));
        Assert.Single(Events(task.Id), static e => e.Kind == JournalEventKind.Completed);
        Assert.Equal(1, Again(batch).Completed);
    }

    [Fact]
    public void A_lost_report_leaves_no_trace()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Make(TaskMove.Recover(task.Id, task.Token, "dead"));

        Apply(Complete(task, new TaskReport { Quota = 5, TargetId = "x", Outputs = ["/o"], Result = "1" }));

        Assert.Equal((0d, null), (Task(task.Id).QuotaConsumed, Task(task.Id).TargetId));
        Assert.Equal(0, Again(batch).QuotaConsumed);
        Assert.Empty(Store.ReadFigures(batch.Id).QuotaByProject);
    }

    [Fact]
    public void Leases_run_out_by_the_stores_clock_and_are_renewed_by_their_worker_alone()
    {
        var batch = Batch("a", "b");
        var tasks = Claim(batch, 2);
        Assert.All(tasks, task => Assert.Equal(Now + Lease, task.LeaseUntil));

        Fixture.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(2, Store.RenewLeases(Ann, batch.Id, Lease));
        Assert.Equal(0, Store.RenewLeases(Bob, batch.Id, Lease));
        Fixture.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.All(Store.ReadInFlight(batch.Id), static task => Assert.False(task.LeaseExpired));

        Make(Complete(tasks[0]));
        Assert.Equal(1, Store.RenewLeases(Ann, batch.Id, Lease));
        Fixture.Time.Advance(Lease);
        var left = Assert.Single(Store.ReadInFlight(null));
        Assert.True(left.LeaseExpired);
        Assert.Equal((tasks[1].Id, batch.Id, "b", tasks[1].Token, 0), (left.TaskId, left.BatchId, left.Key, left.Token, left.Crashes));
        Assert.Equal(Ann, left.Worker);
    }

    [Fact]
    public void Amending_under_a_lost_lease_is_refused()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        var held = Store.AmendTask(task.Id, new TaskAmendment { Token = task.Token, Progress = 40, ProgressText = "halfway", Lease = 2 * Lease });
        Assert.Equal((40d, "halfway", Now + (2 * Lease)), (held.Progress, held.ProgressText, held.LeaseUntil));

        Make(TaskMove.Release(task.Id, task.Token, "stop"));

        Fails("LeaseLost", () => Store.AmendTask(task.Id, new TaskAmendment { Token = task.Token, Progress = 50 }));
        Assert.Null(Task(task.Id).Progress);
    }

    [Fact]
    public void Crashes_are_counted_apart_from_attempts()
    {
        var batch = Batch("a");
        for (var crash = 1; crash <= 3; crash++)
        {
            var task = ClaimOne(batch);
            var recovered = Make(TaskMove.Recover(task.Id, task.Token, "its process died"));
            Assert.Equal((crash, 0, (long)crash), (recovered.Crashes, recovered.Attempts, recovered.Token));
        }

        Assert.Equal([1L, 2, 3], Attempts(Task(batch, "a").Id).Select(static attempt => attempt.Number));
        Assert.All(Attempts(Task(batch, "a").Id), static attempt => Assert.Equal(JournalAttemptOutcome.Abandoned, attempt.Outcome));
        Assert.Equal("its process died", Attempts(Task(batch, "a").Id)[0].ErrorMessage);
    }
}
