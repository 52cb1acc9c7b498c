using Journal.Lifecycle;
using Journal.Policy;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Tests.Policy;

public class RecoveryPolicyTests
{
    private static readonly WorkerIdentity Worker = new("host", "space", 42, "start", "n0nce1");

    private static InFlightTask Task(bool expired, int crashes = 0, CrashAction onCrash = CrashAction.Retry, int limit = 3, WorkerIdentity? worker = null) =>
        new(7, "b", "k", 99, worker ?? Worker, expired, crashes, new BatchOptions { OnCrash = onCrash, CrashLimit = limit }, DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData(Liveness.Alive)]
    [InlineData(Liveness.Unknown)]
    public void A_worker_with_a_valid_lease_keeps_its_task_or_work_would_be_stolen_from_the_living(Liveness liveness) =>
        Assert.Null(RecoveryPolicy.Decide(Task(expired: false), liveness));

    [Theory]
    [InlineData(Liveness.Dead, false, "worker host:42:n0nce1 died")]
    [InlineData(Liveness.Dead, true, "worker host:42:n0nce1 died")]
    [InlineData(Liveness.Unknown, true, "lease of worker host:42:n0nce1 expired")]
    [InlineData(Liveness.Alive, true, "lease of worker host:42:n0nce1 expired")]
    public void A_task_nobody_will_finish_goes_back_with_its_crash_counted(Liveness liveness, bool expired, string reason)
    {
        var move = RecoveryPolicy.Decide(Task(expired), liveness)!;
        Assert.Equal(TaskMoveKind.Recover, move.Kind);
        Assert.Equal(reason, move.Reason);
        Assert.True(move.Rule.CountsCrash);
    }

    [Fact]
    public void A_move_ends_the_lease_it_was_decided_for_and_no_later_one()
    {
        foreach (var crashes in new[] { 0, 2 })
        {
            var move = RecoveryPolicy.Decide(Task(expired: true, crashes), Liveness.Dead)!;
            Assert.Equal((7, 99), (move.TaskId, move.Token));
        }
    }

    [Theory]
    [InlineData(0, 3, TaskMoveKind.Recover)]
    [InlineData(1, 3, TaskMoveKind.Recover)]
    [InlineData(2, 3, TaskMoveKind.Abandon)]
    [InlineData(7, 3, TaskMoveKind.Abandon)]
    [InlineData(0, 1, TaskMoveKind.Abandon)]
    [InlineData(int.MaxValue, 3, TaskMoveKind.Abandon)]
    public void A_task_that_kills_its_workers_is_given_up_at_the_limit(int crashesBefore, int limit, TaskMoveKind kind) =>
        Assert.Equal(kind, RecoveryPolicy.Decide(Task(expired: false, crashesBefore, limit: limit), Liveness.Dead)!.Kind);

    [Fact]
    public void A_batch_that_fails_on_a_crash_gives_up_at_the_first() =>
        Assert.Equal(TaskMoveKind.Abandon, RecoveryPolicy.Decide(Task(expired: false, onCrash: CrashAction.Fail, limit: 100), Liveness.Dead)!.Kind);

    [Fact]
    public void An_abandoned_task_says_why_and_groups_with_its_like()
    {
        var third = RecoveryPolicy.Decide(Task(expired: false, crashes: 2), Liveness.Dead)!.Error!;
        var other = RecoveryPolicy.Decide(Task(expired: false, crashes: 2, worker: Worker with { ProcessId = 43 }), Liveness.Dead)!.Error!;
        Assert.Equal(JournalErrorCategory.Abandoned, third.Category);
        Assert.Equal("Abandoned: worker host:42:n0nce1 died while it held this task, for the 3rd time; the task may be the cause.", third.Message);
        Assert.Equal(third.Signature, other.Signature);
        Assert.Equal(third.Signature, ErrorSignature.Of(third.Signature));
    }

    [Fact]
    public void A_worker_the_journal_does_not_know_any_more_is_judged_by_its_lease()
    {
        var task = Task(expired: true) with { Worker = null };
        Assert.Equal("lease of an unknown worker expired", RecoveryPolicy.Decide(task, Liveness.Unknown)!.Reason);
        Assert.Null(RecoveryPolicy.Decide(task with { LeaseExpired = false }, Liveness.Unknown));
    }
}
