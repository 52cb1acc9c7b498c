namespace Journal.Runs;

/// <content>The workers' attempts, and what their threads wait for.</content>
internal sealed partial class RunBoard
{
    /// <summary>The attempts under way.</summary>
    public IReadOnlyList<RunningTask> RunningTasks
    {
        get
        {
            lock (_gate) return [.. _hand.RunningTasks];
        }
    }

    /// <summary>Tasks that a stop gave back while they were under way.</summary>
    public long GivenBack
    {
        get
        {
            lock (_gate) return _tally.GivenBack;
        }
    }

    /// <summary>For a worker to be: waits until those there are leave a task waiting for so long.</summary>
    /// <returns>False when the run ends.</returns>
    public bool AwaitNeed(TimeSpan patience)
    {
        lock (_gate)
        {
            while (!_over && End is null)
            {
                if (_hand.Last is not { } last)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                var since = _time.GetTimestamp();
                TimeSpan waited;
                // A wait that nothing ended is one for so long, whatever the clock says.
                while (End is null && last.List is not null && (waited = _time.GetElapsedTime(since)) < patience && Monitor.Wait(_gate, patience - waited))
                {
                }

                if (End is null && last.List is not null) return true;
            }

            return false;
        }
    }

    /// <summary>Ends that were not told to the observer.</summary>
    public IReadOnlyList<AttemptReport> Unreported
    {
        get
        {
            lock (_gate) return [.. _reports];
        }
    }

    /// <summary>For a worker: waits for a task to run; null when the run ends.</summary>
    public RunningTask? AwaitTask()
    {
        lock (_gate)
        {
            while (!_over && End is null)
            {
                if (Submitted - Committed < MostUncommitted && _reports.Count < MostUnreported && TakeReady() is { } next) return next;
                Monitor.Wait(_gate);
            }

            return null;
        }
    }
}
