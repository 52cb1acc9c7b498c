using Journal.Lifecycle;
using static Journal.JournalBatchStatus;

namespace Journal.Tests.Lifecycle;

public class BatchLifecycleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<JournalBatchStatus> Statuses { get; } = [.. Enum.GetValues<JournalBatchStatus>()];

    [Theory, MemberData(nameof(Statuses))]
    public void A_batch_whose_tasks_all_ended_well_is_completed(JournalBatchStatus current) =>
        Assert.Equal(Completed, BatchLifecycle.Settle(current, new TaskCounts(0, 0, 5, 0, 2, 0), true));

    [Theory, MemberData(nameof(Statuses))]
    public void One_failed_task_makes_it_failed_or_the_user_would_take_it_for_done(JournalBatchStatus current)
    {
        Assert.Equal(Failed, BatchLifecycle.Settle(current, new TaskCounts(0, 0, 5, 1, 2, 0), true));
        Assert.Equal(Failed, BatchLifecycle.Settle(current, new TaskCounts(0, 0, 5, 1, 2, 3), true));
    }

    [Theory, MemberData(nameof(Statuses))]
    public void Withdrawn_tasks_without_failures_make_it_canceled(JournalBatchStatus current) =>
        Assert.Equal(Canceled, BatchLifecycle.Settle(current, new TaskCounts(0, 0, 5, 0, 2, 1), true));

    [Fact]
    public void A_pause_holds_while_work_is_left_and_ends_when_none_is()
    {
        Assert.Equal(Paused, BatchLifecycle.Settle(Paused, new TaskCounts(3, 0, 5, 0, 0, 0), true));
        Assert.Equal(Paused, BatchLifecycle.Settle(Paused, new TaskCounts(3, 0, 0, 0, 0, 0), false));
        Assert.Equal(Completed, BatchLifecycle.Settle(Paused, new TaskCounts(0, 0, 5, 0, 0, 0), true));
    }

    [Fact]
    public void A_batch_that_was_stopped_before_it_had_tasks_stays_stopped()
    {
        Assert.Equal(Canceled, BatchLifecycle.Settle(Canceled, default, false));
        Assert.Equal(Ready, BatchLifecycle.Settle(Ready, default, false));
    }

    [Fact]
    public void An_ended_batch_that_gets_work_again_runs_again()
    {
        Assert.Equal(JournalBatchStatus.Running, BatchLifecycle.Settle(Completed, new TaskCounts(1, 0, 5, 0, 0, 0), true));
        Assert.Equal(JournalBatchStatus.Running, BatchLifecycle.Settle(Failed, new TaskCounts(1, 0, 5, 0, 0, 0), true));
        Assert.Equal(Ready, BatchLifecycle.Settle(Ready, new TaskCounts(1, 0, 0, 0, 0, 0), false));
    }

    [Fact]
    public void A_batch_without_tasks_is_not_done() => Assert.Equal(Ready, BatchLifecycle.Settle(Ready, default, false));

    [Fact]
    public void Settling_twice_changes_nothing() => Law.Holds(
        from status in Gen.Elements(Enum.GetValues<JournalBatchStatus>())
        from n in Gen.Choose(0, 2).ArrayOf(6)
        from started in Gen.Elements(true, false)
        select (status, counts: new TaskCounts(n[0], n[1], n[2], n[3], n[4], n[5]), started),
        static batch => BatchLifecycle.Settle(batch.status, batch.counts, batch.started) is var once
            && BatchLifecycle.Settle(once, batch.counts, batch.started) == once);

    [Fact]
    public void A_pause_with_an_end_hands_out_tasks_from_that_moment_on()
    {
        Assert.False(BatchLifecycle.MayClaim(Paused, null, Now));
        Assert.False(BatchLifecycle.MayClaim(Paused, Now.AddTicks(1), Now));
        Assert.True(BatchLifecycle.MayClaim(Paused, Now, Now));
    }

    [Fact]
    public void Only_a_batch_that_is_not_over_hands_out_tasks()
    {
        Assert.True(BatchLifecycle.MayClaim(Ready, null, Now));
        Assert.True(BatchLifecycle.MayClaim(JournalBatchStatus.Running, null, Now));
        foreach (var ended in new[] { Completed, Failed, Canceled }) Assert.False(BatchLifecycle.MayClaim(ended, Now.AddDays(-1), Now));
    }

    [Theory, MemberData(nameof(Statuses))]
    public void An_ended_batch_takes_no_orders(JournalBatchStatus status) =>
        Assert.Equal(status is Ready or JournalBatchStatus.Running or Paused, BatchLifecycle.AllowsMoves(status));

    [Fact]
    public void A_refusal_says_what_could_not_be_done() =>
        Assert.Equal(["paused", "resumed", "stopped"], Enum.GetValues<BatchMoveKind>().Select(BatchLifecycle.Participle));
}
