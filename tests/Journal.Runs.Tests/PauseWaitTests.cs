using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>A run that waits until its quota is renewed. No test waits for the clock: its timers are due at once.</summary>
public sealed class PauseWaitTests : RunnerFixture
{
    private static readonly BatchOptions Daily = BatchOptions.Default with { QuotaLimit = 2, QuotaReset = QuotaReset.Every(TimeSpan.FromDays(1)) };

    [Fact]
    public void It_goes_on_when_somebody_resumes_the_batch()
    {
        var batch = UsedUp();
        Assert.Equal(PauseWaitEnd.Over, Await(batch, looks: 3, _ => Store.Apply(batch.Id, BatchMove.Resume("operator"))));
    }

    [Fact]
    public void It_lifts_the_pause_when_the_limit_was_raised()
    {
        var batch = UsedUp();
        Assert.Equal(PauseWaitEnd.Over, Await(batch, looks: 2, _ => Store.AmendBatch(batch.Id, new BatchAmendment { Options = Daily with { QuotaLimit = 9 } })));
        Assert.Equal(JournalBatchStatus.Running, Find(batch).Status);
    }

    [Fact]
    public void It_waits_for_no_operator_and_not_where_nobody_knows_until_when()
    {
        var batch = UsedUp();
        Assert.Equal(PauseWaitEnd.Over, Await(batch, looks: 1, _ => Store.Apply(batch.Id, BatchMove.Hold("maintenance"))));
        Assert.True(Find(batch).IsHeld);
        Assert.Null(PauseWait.UntilOf(Find(batch)));
        Store.Apply(batch.Id, BatchMove.Pause("maintenance", Store.Now.AddHours(1)));
        Assert.Null(PauseWait.UntilOf(Find(batch)));
        Store.Apply(batch.Id, BatchMove.Pause(JournalBatch.QuotaReason + "used up"));
        Assert.Null(PauseWait.UntilOf(Find(batch)));
    }

    [Fact]
    public void It_ends_at_its_time_and_when_the_batch_is_removed()
    {
        var batch = UsedUp();
        Assert.Equal(PauseWaitEnd.Over, Await(batch, looks: 1, _ => Store.Apply(batch.Id, BatchMove.Pause(JournalBatch.QuotaReason + "used up", Store.Now.AddSeconds(-1)))));
        Store.Apply(batch.Id, BatchMove.Pause(JournalBatch.QuotaReason + "used up", Store.Now.AddDays(1)));
        Assert.Equal(PauseWaitEnd.Over, Await(batch, looks: 1, _ => Store.RemoveBatch(batch.Id)));
    }

    [Fact]
    public void A_stop_ends_it_at_once_though_no_timer_is_due()
    {
        using var stop = new CancellationTokenSource();
        var batch = UsedUp();
        var end = PauseWait.Await(Store, batch, new Timers(isDue: false), _ => stop.CancelAfter(1), stop.Token);
        Assert.Equal((PauseWaitEnd.Stopped, JournalBatchStatus.Paused), (end, Find(batch).Status));
    }

    [Fact]
    public void A_line_that_waits_takes_inputs_of_a_batch_that_is_paused_and_leaves_its_pause()
    {
        var batch = UsedUp();
        var order = new RunOrder(RunMode.ResumeOrNew, new RunDefinition("work", batch.Stages)) { HasInput = true };
        Assert.Equal(RunReadiness.Paused, RunPreparation.Prepare(Store, order).Readiness);

        var prepared = RunPreparation.Prepare(Store, order with { Waits = true });

        Assert.Equal((RunReadiness.Ready, JournalBatchStatus.Paused, batch.PausedUntil), (prepared.Readiness, prepared.Batch!.Status, prepared.Batch.PausedUntil));
        Assert.Equal(RunEnd.Paused, Run(prepared.Batch, static (_, _) => null).End);
        Store.Apply(batch.Id, BatchMove.Hold("maintenance"));
        Assert.Equal(RunReadiness.Paused, RunPreparation.Prepare(Store, order with { Waits = true }).Readiness);
    }

    private JournalBatch UsedUp()
    {
        var batch = Start(5, Daily);
        Run(batch, static (task, _) => { task.AddQuota(1); return null; });
        Assert.NotNull(PauseWait.UntilOf(Find(batch)));
        return Find(batch);
    }

    // What happens while it waits happens after so many looks.
    private PauseWaitEnd Await(JournalBatch batch, int looks, Action<JournalBatch> then)
    {
        var looked = 0;
        var end = PauseWait.Await(Store, batch, new Timers(isDue: true), waiting =>
        {
            if (++looked == looks) then(waiting);
        }, CancellationToken.None);
        Assert.Equal(looks, looked);
        return end;
    }

    private sealed class Timers(bool isDue) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(() => callback(state), isDue);

        private sealed class Timer(Action due, bool isDue) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (isDue) due();
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
