namespace Journal.Runs;

/// <content>Waiting for a journal that is out of reach.</content>
internal sealed partial class RunBoard
{
    /// <summary>When the leases in hand end.</summary>
    public DateTimeOffset LeaseEnd
    {
        get
        {
            lock (_gate) return _leaseEnd;
        }
    }

    /// <summary>The way to the journal.</summary>
    public JournalReach Reach { get; }

    /// <summary>Waits for a while, or until the run is stopped meanwhile.</summary>
    public void WaitUnlessStopped(TimeSpan wait)
    {
        var isOver = false;
        using var timer = _time.CreateTimer(_ => Signal(() => isOver = true), null, wait, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            var (end, givesUp) = (End, _givesUpRunning);
            while (!isOver && End == end && _givesUpRunning == givesUp) Monitor.Wait(_gate);
        }
    }
}
