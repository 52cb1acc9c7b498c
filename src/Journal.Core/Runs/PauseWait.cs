using Journal.Lifecycle;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>How a wait for the end of a pause ended.</summary>
public enum PauseWaitEnd
{
    /// <summary>The batch is to be run: its pause is over, or is one no longer that is waited for, and the run tells.</summary>
    Over,

    /// <summary>Somebody stopped it.</summary>
    Stopped,
}

/// <summary>Waits until a batch that is paused for a used-up quota goes on: not for an operator, and not where nobody knows until when.</summary>
public static class PauseWait
{
    // Nothing tells a process what another one does to the batch; a run looks as often.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Until when a batch is waited for; null where it is not.</summary>
    public static DateTimeOffset? UntilOf(JournalBatch batch) => batch.IsPausedForQuota ? batch.PausedUntil : null;

    /// <summary>Waits, on the calling thread.</summary>
    /// <param name="store">The journal, open for writing.</param>
    /// <param name="batch">The batch, as it was read last.</param>
    /// <param name="time">The clock of the timer; what is waited for is a time by the journal's.</param>
    /// <param name="waits">Told where it stands, each time it was looked.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <remarks>It ends before its time where the batch is resumed, canceled or removed, paused by an operator, or where its budget was raised: then its pause is lifted.</remarks>
    public static PauseWaitEnd Await(IJournalStore store, JournalBatch batch, TimeProvider time, Action<JournalBatch> waits, CancellationToken stop)
    {
        var gate = new object();
        var (isDue, budget) = (false, batch.Options);
        using var timer = time.CreateTimer(_ => Signal(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var stopping = stop.Register(Signal);
        while (!stop.IsCancellationRequested)
        {
            var known = Present(store, batch);
            if (known is null || UntilOf(known) is not { } until || BatchLifecycle.PauseIsOver(until, store.Now)) return PauseWaitEnd.Over;
            batch = known;
            if ((batch.Options.QuotaLimit != budget.QuotaLimit || !ProjectLimits.AreSame(batch.Options.QuotaLimits, budget.QuotaLimits)) && !batch.IsQuotaUsedUp)
            {
                store.Apply(batch.Id, BatchMove.Resume("The quota was raised."));
                return PauseWaitEnd.Over;
            }

            waits(batch);
            var left = until - store.Now;
            lock (gate) isDue = false;
            timer.Change(left > Look ? Look : left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            lock (gate)
            {
                while (!isDue && !stop.IsCancellationRequested) Monitor.Wait(gate);
            }
        }

        return PauseWaitEnd.Stopped;

        void Signal()
        {
            lock (gate)
            {
                isDue = true;
                Monitor.PulseAll(gate);
            }
        }
    }

    // A journal that does not answer for a while is no reason to wait no longer.
    private static JournalBatch? Present(IJournalStore store, JournalBatch known)
    {
        try
        {
            return store.FindBatch(known.Id);
        }
        catch (JournalException e) when (e.Passes)
        {
            return known;
        }
    }

    /// <summary>How far a run is that waits.</summary>
    public static RunProgress ProgressOf(JournalBatch batch) =>
        new(BatchState.Of(batch), 0, 0, 0, default, UntilOf(batch), false, null);
}
