namespace Journal.Runs;

// What wakes the threads of a run, and what ends it.
internal sealed partial class RunBoard
{
    /// <summary>It is time to renew the leases.</summary>
    public void RenewalDue() => Signal(() => _renew = true);

    /// <summary>It is time to look what others do.</summary>
    public void PollDue() => Signal(() => _poll = true);

    /// <summary>It is time to show the progress.</summary>
    public void ProgressDue() => Signal(() => _progressDue = true);

    /// <summary>A task that waited may be claimed now.</summary>
    public void TaskDue() => Signal(() => _dry = false);

    /// <summary>Something was posted to the calling thread.</summary>
    public void Wake() => Signal(static () => { });

    /// <summary>The writer is done.</summary>
    public void Over() => Signal(() => _over = true);

    /// <summary>Waits for a while, or until the run is stopped meanwhile.</summary>
    public void WaitUnlessStopped(TimeSpan wait)
    {
        var before = Locked(() => (End, _givesUpRunning));
        Wait(wait, () => (End, _givesUpRunning) != before);
    }

    /// <summary>Waits for the end of the run, but no longer than this; whether it is over.</summary>
    public bool AwaitOver(TimeSpan limit) => Wait(limit, () => _over);

    private bool Wait(TimeSpan limit, Func<bool> isDone)
    {
        var isLate = false;
        using var timer = _time.CreateTimer(_ => Signal(() => isLate = true), null, LongWait.Step(limit), Timeout.InfiniteTimeSpan);
        lock (_gate) while (!isLate && !isDone()) Monitor.Wait(_gate);
        return Locked(isDone);
    }

    /// <summary>Ends the run, unless it ends already. Running attempts are stopped, or may finish.</summary>
    public void RequestEnd(RunEnd end, string? reason, bool stopAttempts)
    {
        lock (_gate)
        {
            if (_over) return;
            if (End is null) (End, EndReason) = (end, reason);
            Monitor.PulseAll(_gate);
        }

        // Outside the lock: what is registered on the token may need it.
        if (stopAttempts) _stopAttempts.Cancel();
    }

    /// <summary>Ends the run because somebody stops it.</summary>
    public void Interrupt(bool stopAttempts) => RequestEnd(RunEnd.Interrupted, JournalBatch.InterruptedReason, stopAttempts);

    /// <summary>Ends the run because of an error that is none of a task's.</summary>
    public void Fail(Exception error)
    {
        lock (_gate) Fault ??= error;
        RequestEnd(RunEnd.Interrupted, error.Message, stopAttempts: true);
    }

    /// <summary>Gives up even the attempts under way, and waits until the writer has recorded that.</summary>
    /// <param name="limit">The longest wait for it.</param>
    public void GiveUp(TimeSpan limit)
    {
        Interrupt(stopAttempts: false);
        lock (_gate)
        {
            // What a block has said of tasks of its chunk holds.
            foreach (var task in _hand.RunningTasks.Where(static task => task is { IsOfChunk: true, IsDecided: true }).ToList()) Take(task, task.Said ?? AttemptResult.Succeeded(), task.Spent, _time.GetUtcNow());
            _givesUpRunning = true;
            Monitor.PulseAll(_gate);
        }

        AwaitOver(limit);
    }
}
