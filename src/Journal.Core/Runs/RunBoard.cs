using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>
/// What the threads of a run share: the calling thread, the workers and the writer. Every member takes the one lock; nothing here reads or writes
/// the journal, or calls anybody else's code.
/// </summary>
internal sealed partial class RunBoard : IDisposable
{
    // How many ended attempts may wait for their commit: more would only use memory.
    private const int MostUncommitted = 512;

    // How far attempts may run ahead of an observer that is slow, or about to say that it has seen enough.
    private const int MostUnreported = 32;

    private readonly object _gate = new();
    private readonly RunRequest _request;
    private readonly IJournalStore _store;
    private readonly TimeProvider _time;
    private readonly AttemptJudge _judge;
    private readonly RunTally _tally;
    private readonly CancellationTokenSource _stopAttempts = new();
    private readonly TaskHand _hand;
    private readonly Queue<AttemptReport> _reports = new();
    private readonly Queue<string> _notes = new();
    private Dictionary<long, (double? Percent, string? Text)> _attemptProgress = [];
    private List<EndedAttempt> _ended = [];
    private BatchMove? _pause;
    private bool _over;
    private bool _dry;
    private bool _renew;
    private bool _poll;
    private bool _progressDue = true;
    private bool _givesUpRunning;
    private DateTimeOffset _leaseEnd;

    public RunBoard(RunRequest request, IJournalStore store, TimeProvider time, Random random)
    {
        (_request, _store, _time) = (request, store, time);
        _hand = new TaskHand(request.Batch.Options);
        _judge = new AttemptJudge(request, random);
        _tally = new RunTally(time, request.Degree);
        State = BatchState.Of(request.Batch);
        _leaseEnd = time.GetUtcNow() + request.Batch.Options.LeaseTimeout;
        Reach = new JournalReach(this, time, random, request.Batch.Options.LeaseTimeout);
    }

    /// <summary>Cancelled when running attempts are to be stopped.</summary>
    public CancellationToken StopAttempts => _stopAttempts.Token;

    /// <summary>Where the batch stands, as of the last exchange.</summary>
    public BatchState State { get; private set; }

    /// <summary>Why the run ends; null while it goes on.</summary>
    public RunEnd? End { get; private set; }

    /// <summary>The same in words.</summary>
    public string? EndReason { get; private set; }

    /// <summary>What went wrong with the journal, or in a worker thread.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Attempts handed in so far.</summary>
    public long Submitted { get; private set; }

    /// <summary>Attempts committed so far.</summary>
    public long Committed { get; private set; }

    /// <summary>Whether an attempt is this run's still: a stop may have given its task back before it ended.</summary>
    public bool IsRunning(RunningTask task)
    {
        lock (_gate) return _hand.RunningTasks.Contains(task);
    }

    /// <summary>The figures of the run; only to be read when it is over.</summary>
    public RunTally Tally => _tally;

    // For the calling thread and the workers -----------------------------------------------------------------------

    /// <summary>Something for the observer: a note, a report or the progress; null when there is nothing.</summary>
    public object? TakeReport()
    {
        lock (_gate)
        {
            if (_notes.TryDequeue(out var note)) return note;
            if (!_givesUpRunning && _reports.TryDequeue(out var report))
            {
                Monitor.PulseAll(_gate);
                return report;
            }

            if (!_progressDue) return null;
            _progressDue = false;
            return DescribeProgress();
        }
    }

    /// <summary>For the calling thread: waits for news, for a task to run (where it runs tasks), or for the end.</summary>
    /// <param name="runsTasks">Whether it runs tasks itself.</param>
    /// <param name="holdUntil">It takes no task before so many attempts are committed.</param>
    /// <param name="hasPosted">Whether other threads have posted actions to it.</param>
    /// <param name="next">The task to run; null when there are news instead.</param>
    /// <returns>False when the run is over and all is delivered.</returns>
    public bool Await(bool runsTasks, long holdUntil, Func<bool> hasPosted, out RunningTask? next)
    {
        next = null;
        lock (_gate)
        {
            while ((_reports.Count == 0 || _givesUpRunning) && _notes.Count == 0 && !_progressDue && !hasPosted())
            {
                if (_over) return false;
                if (runsTasks && Committed >= holdUntil && Submitted - Committed < MostUncommitted && (next = TakeReady()) is not null) return true;
                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    /// <summary>Hands in an attempt that has ended.</summary>
    /// <returns>Its place in the order of attempts: it is committed when <see cref="Committed"/> reaches it.</returns>
    public long Submit(RunningTask task, AttemptResult result, TimeSpan duration)
    {
        // By the journal's clock: what is to happen later is waited for by it, on other machines too.
        var now = _store.Now;
        string limit;
        lock (_gate)
        {
            // Given up by StopNow: it was released already.
            if (!_hand.End(task.Id)) return Submitted;
            var verdict = _judge.Judge(task, result, duration, now);
            _attemptProgress.Remove(task.Id);
            _ended.Add(new EndedAttempt(task, result, verdict));
            Submitted++;
            if (result.End is not AttemptEnd.Stopped) _tally.Ran(duration, verdict.Move.Report.Quota);
            if (verdict.Pause is not null) EndWith(verdict.Pause);
            Monitor.PulseAll(_gate);
            if (verdict.FailureLimit is null) return Submitted;
            limit = verdict.FailureLimit;
        }

        RequestEnd(RunEnd.FailureLimit, limit, stopAttempts: true);
        return Submitted;
    }

    // For the writer -----------------------------------------------------------------------------------------------

    /// <summary>Waits for something to do. Null when the run ends and everything is recorded.</summary>
    public WriterTurn? AwaitTurn()
    {
        lock (_gate)
        {
            var idle = IsIdle;
            var since = _time.GetTimestamp();
            while (!HasWork()) Monitor.Wait(_gate);
            if (idle) _tally.Idled(_time.GetElapsedTime(since));

            var (ended, renew, poll) = (_ended, _renew, _poll);
            _ended = [];
            _renew = _poll = false;
            var progress = _attemptProgress;
            if (poll)
            {
                _dry = false;
                _attemptProgress = [];
            }

            // The ends of the attempts come first: Publish finds their results by their place.
            var moves = ended.ConvertAll(static attempt => attempt.Verdict.Move);
            var refunding = ended.Where(static attempt => attempt.Verdict.Refunds is not null).ToList();
            var inHand = refunding.Count == 0 ? [] : _hand.Leases();
            if (End is not null || (renew && _time.GetUtcNow() >= _leaseEnd)) moves.AddRange(_hand.GiveBack());
            if (_givesUpRunning)
            {
                _tally.GivenBack += _hand.Running;
                moves.AddRange(_hand.GiveUp());
            }

            foreach (var attempt in refunding) moves.AddRange(attempt.Verdict.ToRefunds(inHand));
            if (End is not null && _hand.Running == 0 && moves.Count == 0) return null;
            return new WriterTurn(ended, moves, End is null ? Wanted() : 0, renew, poll, poll ? progress : new Dictionary<long, (double?, string?)>());
        }
    }

    /// <summary>What an exchange brought: ends that are committed now, and tasks to run.</summary>
    public void Publish(WriterTurn turn, ExchangeResult result)
    {
        lock (_gate)
        {
            State = result.Batch;
            var advanced = new List<JournalTask>();
            for (var i = 0; i < turn.Ended.Count; i++)
            {
                var (attempt, outcome) = (turn.Ended[i], result.Moves[i]);
                _tally.Recorded(attempt.Task, attempt.Verdict.Move, outcome.Outcome);
                _reports.Enqueue(new AttemptReport(attempt.Task, attempt.Verdict.Move, outcome.Outcome, attempt.Result.Output, attempt.Verdict.Decision, outcome.Shared));
                if (outcome is { Outcome: MoveOutcome.Applied, Token: { } token }) advanced.Add(attempt.Task.InNextStage(token));
            }

            _hand.Add(advanced, result.Claimed);
            _dry = result.Claimed.Count < turn.Claim;
            Committed += turn.Ended.Count;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Whether this worker has nothing in hand and found nothing to claim.</summary>
    public bool HasNothingLeft
    {
        get
        {
            lock (_gate) return IsIdle && _ended.Count == 0;
        }
    }

    /// <summary>The breaker's threshold, where it suspects what it cannot know alone; null once the run ends.</summary>
    public int? Suspicion
    {
        get
        {
            lock (_gate) return End is null ? _judge.Suspicion : null;
        }
    }

    /// <summary>Ends the run with a pause of the batch.</summary>
    public void Pause(BatchMove pause)
    {
        lock (_gate) EndWith(pause);
    }

    /// <summary>The pause that a policy ordered, once.</summary>
    public BatchMove? TakePause()
    {
        lock (_gate)
        {
            var pause = _pause;
            _pause = null;
            return pause;
        }
    }

    /// <summary>The batch stands elsewhere now.</summary>
    public void Note(BatchState state)
    {
        lock (_gate) State = state;
    }

    /// <summary>The leases last until then.</summary>
    public void NoteLeases(DateTimeOffset end)
    {
        lock (_gate) _leaseEnd = end;
    }

    /// <summary>Something the user may want to know.</summary>
    public void Note(string text) => Signal(() => _notes.Enqueue(text));

    // Signals --------------------------------------------------------------------------------------------------------

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

    /// <summary>Ends the run, unless it ends already.</summary>
    /// <param name="end">Why.</param>
    /// <param name="reason">The same in words.</param>
    /// <param name="stopAttempts">Whether running attempts are stopped; else they may finish.</param>
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
        RequestEnd(RunEnd.Interrupted, "Interrupted", stopAttempts: false);
        lock (_gate)
        {
            _givesUpRunning = true;
            Monitor.PulseAll(_gate);
            while (!_over && Monitor.Wait(_gate, limit))
            {
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopAttempts.Dispose();

    // Under the lock -------------------------------------------------------------------------------------------------

    private bool IsIdle => _dry && _hand.Running == 0 && _hand.Ready == 0;

    private bool HasWork()
    {
        if (_ended.Count > 0 || _renew) return true;
        if (End is not null) return _hand.Ready > 0 || _hand.Running == 0 || _givesUpRunning;
        if (_poll && (_dry || _hand.Running > 0)) return true;
        return !_dry && Wanted() is > 0 and var wanted && _hand.Ready * 2 <= wanted;
    }

    private int Wanted() => _hand.Wanted(_request.Degree, _tally.MeanSeconds);

    private RunningTask? TakeReady()
    {
        if (End is not null || _hand.Next is not { } next) return null;
        // After a long freeze the leases have run out; who knows who holds these tasks now. They go back and are claimed anew.
        if (_time.GetUtcNow() >= _leaseEnd)
        {
            _renew = true;
            Monitor.PulseAll(_gate);
            return null;
        }

        if (_request.Batch.QuotaLimit is { } limit)
        {
            // Other workers go by what is recorded, and this one by what they recorded: no more is out of sight than the tasks in hand.
            if (Submitted > Committed) return null;
            if (_tally.QuotaShortage(State, limit, _hand.Running) is { } shortage)
            {
                EndWith(BatchMove.Pause(shortage));
                return null;
            }
        }

        var running = new RunningTask(next, _request, _store, Reach, NoteAttemptProgress);
        _hand.Start(running);
        return running;
    }

    // At once, not when the writer comes to it: the next attempt would meet the same wall.
    private void EndWith(BatchMove pause)
    {
        if (End is not null) return;
        _pause = pause;
        (End, EndReason) = (RunEnd.Paused, pause.Reason);
        Monitor.PulseAll(_gate);
    }

    private RunProgress DescribeProgress()
    {
        var due = IsIdle ? State.NextDue : null;
        var eta = _tally.Estimate(State, _hand.Running, due is { } at ? at - _store.Now : TimeSpan.Zero);
        return new RunProgress(State, _tally.Ended, _hand.Running, _tally.PerSecond, eta, due, IsIdle && due is null && State.Counts.InProgress > 0, _hand.Current);
    }

    private void NoteAttemptProgress(RunningTask task, double? percent, string? text)
    {
        lock (_gate) _attemptProgress[task.Id] = (percent, text);
    }

    private void Signal(Action set)
    {
        lock (_gate)
        {
            set();
            Monitor.PulseAll(_gate);
        }
    }
}
