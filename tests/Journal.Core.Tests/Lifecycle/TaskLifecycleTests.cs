using Journal.Lifecycle;
using static Journal.JournalTaskStatus;

namespace Journal.Tests.Lifecycle;

public class TaskLifecycleTests
{
    // Written by hand, not derived from the table: a change of the table must be made twice, and so be meant.
    private static readonly (TaskMoveKind Kind, JournalTaskStatus[] From, JournalTaskStatus To, AttemptEffect Attempts, JournalAttemptOutcome? Outcome, JournalEventKind Event, bool Crash)[] Expected =
    [
        (TaskMoveKind.Claim, [Pending], InProgress, AttemptEffect.Count, null, JournalEventKind.Claimed, false),
        (TaskMoveKind.Complete, [InProgress], Completed, AttemptEffect.Keep, JournalAttemptOutcome.Completed, JournalEventKind.Completed, false),
        (TaskMoveKind.Advance, [InProgress], Pending, AttemptEffect.Reset, JournalAttemptOutcome.Completed, JournalEventKind.Advanced, false),
        (TaskMoveKind.Fail, [InProgress], Failed, AttemptEffect.Keep, JournalAttemptOutcome.Failed, JournalEventKind.Failed, false),
        (TaskMoveKind.Retry, [InProgress], Pending, AttemptEffect.Keep, JournalAttemptOutcome.Failed, JournalEventKind.Retried, false),
        (TaskMoveKind.Release, [InProgress], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Interrupted, JournalEventKind.Released, false),
        (TaskMoveKind.Recover, [InProgress], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Abandoned, JournalEventKind.Recovered, true),
        (TaskMoveKind.Abandon, [InProgress], Failed, AttemptEffect.Refund, JournalAttemptOutcome.Abandoned, JournalEventKind.Abandoned, true),
        (TaskMoveKind.Skip, [Pending, InProgress, Failed], Skipped, AttemptEffect.Keep, JournalAttemptOutcome.Skipped, JournalEventKind.Skipped, false),
        (TaskMoveKind.Cancel, [Pending, InProgress], Canceled, AttemptEffect.Keep, JournalAttemptOutcome.Canceled, JournalEventKind.Canceled, false),
        (TaskMoveKind.Requeue, [Completed, Failed, Skipped, Canceled], Pending, AttemptEffect.Reset, null, JournalEventKind.Requeued, false),
        (TaskMoveKind.Refund, [InProgress, Failed, Pending], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Refunded, JournalEventKind.Refunded, false),
        (TaskMoveKind.Postpone, [InProgress], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Refunded, JournalEventKind.Postponed, false),
    ];

    public static TheoryData<TaskMoveKind> Kinds { get; } = [.. Enum.GetValues<TaskMoveKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public void A_move_does_what_the_contract_says(TaskMoveKind kind)
    {
        var expected = Assert.Single(Expected, row => row.Kind == kind);
        var rule = TaskLifecycle.Rule(kind);
        Assert.Equal(kind, rule.Kind);
        Assert.Equal(expected.To, rule.To);
        Assert.Equal(expected.Attempts, rule.Attempts);
        Assert.Equal(expected.Outcome, rule.Outcome);
        Assert.Equal(expected.Event, rule.Event);
        Assert.Equal(expected.Crash, rule.CountsCrash);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_move_from_any_other_state_is_illegal(TaskMoveKind kind)
    {
        var allowed = Assert.Single(Expected, row => row.Kind == kind).From;
        foreach (var status in Enum.GetValues<JournalTaskStatus>()) Assert.Equal(allowed.Contains(status), TaskLifecycle.Rule(kind).Allows(status));
    }

    [Fact]
    public void Every_kind_of_move_has_exactly_one_row() =>
        Assert.Equal(Enum.GetValues<TaskMoveKind>(), TaskLifecycle.Moves.Select(static rule => rule.Kind));

    [Fact]
    public void Only_an_operator_opens_an_ended_task_again_or_done_work_would_run_twice()
    {
        var leavers = TaskLifecycle.Moves.Where(static rule => rule.Allows(Completed) || rule.Allows(Canceled) || rule.Allows(Skipped));
        Assert.Equal([TaskMoveKind.Requeue], leavers.Select(static rule => rule.Kind));
    }

    [Fact]
    public void A_completed_task_was_in_progress_so_nothing_is_recorded_done_that_nobody_held()
    {
        var makers = TaskLifecycle.Moves.Where(static rule => rule.To == Completed).ToList();
        Assert.All(makers, static rule => Assert.Equal([InProgress], rule.From));
    }

    [Fact]
    public void Only_a_crash_counts_as_a_crash_or_Ctrl_C_would_use_up_the_crash_limit() =>
        Assert.Equal([TaskMoveKind.Recover, TaskMoveKind.Abandon], TaskLifecycle.Moves.Where(static rule => rule.CountsCrash).Select(static rule => rule.Kind));

    [Fact]
    public void Every_event_kind_of_a_task_is_told_by_exactly_one_move() =>
        Assert.Equal(TaskLifecycle.Moves.Count, TaskLifecycle.Moves.Select(static rule => rule.Event).Distinct().Count());

    [Fact]
    public void Ends_is_true_for_the_states_that_are_final()
    {
        foreach (var rule in TaskLifecycle.Moves) Assert.Equal(rule.To is Completed or Failed or Skipped or Canceled, rule.Ends);
    }

    [Fact]
    public void A_workers_moves_carry_its_token_and_an_operators_carry_none()
    {
        var error = new TaskError(JournalErrorCategory.Unknown, "m", "s");
        TaskMove[] workers =
        [
            TaskMove.Complete(7, 3, TaskReport.Nothing), TaskMove.Advance(7, 3, TaskReport.Nothing, null, true), TaskMove.Fail(7, 3, error, TaskReport.Nothing),
            TaskMove.Retry(7, 3, error, TaskReport.Nothing, DateTimeOffset.UnixEpoch, null, "r"), TaskMove.Release(7, 3, "r"), TaskMove.Recover(7, 3, "r"),
            TaskMove.Abandon(7, 3, error, "r"), TaskMove.Skip(7, 3, "r"), TaskMove.Refund(7, 3, error, TaskReport.Nothing, null, null, "r"),
            TaskMove.Postpone(7, 3, DateTimeOffset.UnixEpoch, TaskReport.Nothing, null, "r"),
        ];
        TaskMove[] operators = [TaskMove.Cancel(7, "r"), TaskMove.Requeue(7, "r")];
        Assert.All(workers, static move => Assert.Equal(3, move.Token));
        Assert.All(operators, static move => Assert.Null(move.Token));
        Assert.All(workers.Concat(operators), static move => Assert.Equal(7, move.TaskId));
        var kinds = workers.Concat(operators).Select(static move => move.Kind).Append(TaskMoveKind.Claim);
        Assert.Equal(Enum.GetValues<TaskMoveKind>().Order(), kinds.Order());
    }
}
