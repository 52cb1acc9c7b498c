namespace Journal.Runs;

/// <summary>
/// A run's calls to a journal that may be out of reach or not ready for a while: a server that restarts or fails over, a link that is down, a lock that
/// somebody else holds (<see cref="JournalException.Passes"/>). A call is made again, later and later, while the attempts under way go on. A store makes an
/// exchange that is asked for again only once, and fences what comes too late.
/// </summary>
/// <remarks>
/// It gives up one lease after the leases in hand have ended: until then others have taken over, and the run goes on as soon as there is an
/// answer. Once the user stops the run, it gives up within seconds.
/// </remarks>
internal sealed class JournalReach(RunBoard board, TimeProvider time, Random random, TimeSpan lease)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StoppedLimit = TimeSpan.FromSeconds(5);

    /// <summary>Makes a call until it is answered.</summary>
    /// <exception cref="JournalException">JournalUnreachable, JournalNotReady or JournalBusy, when it is time to give up; whatever else the call raises.</exception>
    public T Call<T>(Func<T> call)
    {
        DateTimeOffset? stopped = null;
        for (var tries = 0; ; tries++)
        {
            try
            {
                var answer = call();
                if (tries > 0) board.Note("The journal answers again.");
                return answer;
            }
            catch (JournalException e) when (e.Passes)
            {
                var now = time.GetUtcNow();
                if (board.End is RunEnd.Interrupted) stopped ??= now;
                if (now >= board.LeaseEnd + lease || now - stopped >= StoppedLimit) throw;
                if (tries == 0) board.Note($"{e.Message} What is under way goes on; the journal is asked again.");
                board.WaitUnlessStopped(WaitBefore(tries));
            }
        }
    }

    /// <summary>The same for a call without an answer.</summary>
    public void Call(Action call) => Call(() =>
    {
        call();
        return true;
    });

    // Twice as long each time, and spread, so that many workers do not come back in one instant.
    private TimeSpan WaitBefore(int tries)
    {
        var wait = ShortestWait * Math.Pow(2, Math.Min(tries, 10));
        return (wait < LongestWait ? wait : LongestWait) * (0.5 + (random.NextDouble() / 2));
    }
}
