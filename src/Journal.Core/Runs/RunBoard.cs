using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>
/// What the threads of a run share: the calling thread, the workers and the writer. Every member takes the one lock; nothing here knows
/// the journal, or calls other code than what makes a running task of a claimed one.
/// </summary>
internal sealed partial class RunBoard : IDisposable
{
    // How many ended attempts may wait for their commit: more would only use memory.
    private const int MostUncommitted = 512;

    // How far attempts may run ahead of an observer that is slow, or about to say that it has seen enough.
    private const int MostUnreported = 32;

    private readonly object _gate = new();
    private RunRequest _request;
    private readonly TimeProvider _time;
    private readonly AttemptJudge _judge;
    private readonly CancellationTokenSource _stopAttempts = new();
    private readonly TaskHand _hand;
    private readonly Queue<AttemptReport> _reports = [];
    private readonly Queue<string> _notes = [];
    private Dictionary<long, (double? Percent, string? Text)> _attemptProgress = [];
    private List<AttemptReport> _ended = [];
    private BatchMove? _pause;
    private bool _over, _dry, _renew, _poll, _progressDue = true, _givesUpRunning;
    private DateTimeOffset _leaseEnd;

    public RunBoard(RunRequest request, TimeProvider time, Random random)
    {
        (_request, _time, _hand) = (request, time, new TaskHand(request.Batch.Options, request.ChunkSize));
        _judge = new AttemptJudge(request, random);
        (Tally, State) = (new RunTally(time, request.Degree), BatchState.Of(request.Batch));
        _leaseEnd = time.GetUtcNow() + request.Batch.Options.LeaseTimeout;
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
    public bool IsRunning(RunningTask task) => Locked(() => _hand.IsRunning(task));

    /// <summary>The attempts under way.</summary>
    public IReadOnlyList<RunningTask> RunningTasks => Locked<IReadOnlyList<RunningTask>>(() => [.. _hand.RunningTasks]);

    /// <summary>Ends that were not told to the observer.</summary>
    public IReadOnlyList<AttemptReport> Unreported => Locked<IReadOnlyList<AttemptReport>>(() => [.. _reports]);

    /// <summary>Tasks that a stop gave back while they were under way.</summary>
    public long GivenBack => Locked(() => Tally.GivenBack);

    /// <summary>When the leases in hand end.</summary>
    public DateTimeOffset LeaseEnd => Locked(() => _leaseEnd);

    /// <summary>The figures of the run; only to be read when it is over.</summary>
    public RunTally Tally { get; }

    // For the calling thread and the workers -----------------------------------------------------------------------

    /// <summary>Something for the observer: a note, a report or the progress; null when there is nothing.</summary>
    /// <param name="now">The present, by the journal's clock.</param>
    public object? TakeReport(DateTimeOffset now)
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
            return Tally.Progress(State, _hand, IsIdle, now);
        }
    }

    /// <summary>For the calling thread: waits for news, for a task to run (where it runs tasks), or for the end.</summary>
    /// <param name="begin">Makes of a task one that it runs itself; null where it runs none.</param>
    /// <param name="holdUntil">It takes no task before so many attempts are committed.</param>
    /// <param name="hasPosted">Whether other threads have posted actions to it.</param>
    /// <param name="next">The task to run; null when there are news instead.</param>
    /// <returns>False when the run is over and all is delivered.</returns>
    public bool Await(Func<JournalTask, RunningTask>? begin, long holdUntil, Func<bool> hasPosted, out RunningTask? next)
    {
        next = null;
        lock (_gate)
        {
            while ((_reports.Count == 0 || _givesUpRunning) && _notes.Count == 0 && !_progressDue && !hasPosted())
            {
                if (_over) return false;
                if (begin is not null && Committed >= holdUntil && Submitted - Committed < MostUncommitted && (next = TakeReady(begin)) is not null) return true;
                Monitor.Wait(_gate);
            }

            return true;
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
                while (_hand.Last is null && End is null && !_over) Monitor.Wait(_gate);
                if (_hand.Last is not { } last) continue;
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

    /// <summary>For a worker: waits for a task to run; null when the run ends.</summary>
    public RunningTask? AwaitTask(Func<JournalTask, RunningTask> begin)
    {
        lock (_gate)
        {
            while (!_over && End is null)
            {
                if (Submitted - Committed < MostUncommitted && _reports.Count < MostUnreported && TakeReady(begin) is { } next) return next;
                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    /// <summary>Hands in an attempt that has ended now, by the journal's clock.</summary>
    /// <returns>Its place in the order of attempts: it is committed when <see cref="Committed"/> reaches it.</returns>
    public long Submit(RunningTask task, AttemptResult result, TimeSpan duration, DateTimeOffset now)
    {
        string? limit;
        lock (_gate) limit = Take(task, result, duration, now);
        if (limit is not null) RequestEnd(RunEnd.FailureLimit, limit, stopAttempts: true);
        return Submitted;
    }

    /// <summary>The same of tasks of one chunk: what is handed in together is committed together.</summary>
    public long Submit(IReadOnlyList<TaskEnd> ends, DateTimeOffset now)
    {
        string? limit = null;
        lock (_gate)
        {
            foreach (var (task, result) in ends) limit = Take(task, result, task.Spent, now) ?? limit;
        }

        if (limit is not null) RequestEnd(RunEnd.FailureLimit, limit, stopAttempts: true);
        return Submitted;
    }

    /// <summary>Whether an error of a call for several tasks is of none of them.</summary>
    public bool IsOfWholeChunk(IReadOnlyList<RunningTask> chunk, AttemptResult result) => Locked(() => _judge.IsOfWholeChunk(chunk, result));

    // For the writer -----------------------------------------------------------------------------------------------

    /// <summary>Waits for something to do. Null when the run ends and everything is recorded.</summary>
    public WriterTurn? AwaitTurn()
    {
        lock (_gate)
        {
            var idle = IsIdle;
            var since = _time.GetTimestamp();
            while (!HasWork()) Monitor.Wait(_gate);
            if (idle) Tally.Idled(_time.GetElapsedTime(since));

            var (ended, renew, poll) = (_ended, _renew, _poll);
            (_ended, _renew, _poll) = ([], false, false);
            var progress = poll ? _attemptProgress : [];
            if (poll) (_dry, _attemptProgress) = (false, []);

            // The ends of the attempts come first: Publish finds their results by their place.
            var moves = ended.ConvertAll(static attempt => attempt.Move);
            var refunding = ended.Where(static attempt => attempt.Verdict.Refunds is not null).ToList();
            var inHand = refunding.Count == 0 ? [] : _hand.Leases();
            if (End is not null || _hand.IsHeld || (renew && _time.GetUtcNow() >= _leaseEnd)) moves.AddRange(_hand.GiveBack());
            if (_givesUpRunning)
            {
                Tally.GivenBack += _hand.Running;
                moves.AddRange(_hand.GiveUp());
            }

            foreach (var attempt in refunding) moves.AddRange(attempt.Verdict.ToRefunds(inHand));
            if (End is not null && _hand.Running == 0 && moves.Count == 0) return null;
            return new WriterTurn(ended, moves, End is null ? Wanted() : 0, renew, poll, progress);
        }
    }

    /// <summary>What an exchange brought: ends that are committed now, and tasks to run.</summary>
    public void Publish(WriterTurn turn, ExchangeResult result)
    {
        lock (_gate)
        {
            State = result.Batch;
            GoBy(result.Options);
            var advanced = new List<JournalTask>();
            for (var i = 0; i < turn.Ended.Count; i++)
            {
                var report = turn.Ended[i] with { Outcome = result.Moves[i].Outcome, Shared = result.Moves[i].Shared };
                Tally.Recorded(report, End is not null);
                _reports.Enqueue(report);
                if (result.Moves[i] is { Outcome: MoveOutcome.Applied, Token: { } token }) advanced.Add(report.Task.InNextStage(token));
            }

            _hand.Add(advanced, result.Claimed);
            _hand.IsHeld = _ended.Exists(attempt => attempt.Verdict.Holds(_request.Batch.Options)) || (result.Claimed.Count == 0 && State.HeldBackUntil > _time.GetUtcNow());
            _dry = result.Claimed.Count < turn.Claim;
            Committed += turn.Ended.Count;
            Monitor.PulseAll(_gate);
        }
    }

    // Somebody may have changed the policy of the batch, see Set-JournalBatch.
    private void GoBy(BatchOptions options)
    {
        if (ReferenceEquals(options, _request.Batch.Options)) return;
        (_request, _hand.Options) = (_request with { Batch = _request.Batch with { Options = options } }, options);
        _judge.GoBy(_request);
    }

    /// <summary>Whether this worker has nothing in hand and found nothing to claim.</summary>
    public bool HasNothingLeft => Locked(() => IsIdle && _ended.Count == 0);

    /// <summary>The breaker's threshold, where it suspects what it cannot know alone; null once the run ends.</summary>
    public int? Suspicion => Locked(() => End is null ? _judge.Suspicion : null);

    /// <summary>Ends the run with a pause of the batch.</summary>
    public void Pause(BatchMove pause) => Signal(() => EndWith(pause));

    /// <summary>The pause that a policy ordered, once.</summary>
    public BatchMove? TakePause() => Locked(() => Interlocked.Exchange(ref _pause, null));

    /// <summary>The batch stands elsewhere now.</summary>
    public void Note(BatchState state) => Locked(() => State = state);

    /// <summary>An attempt says how far it is.</summary>
    public void NoteProgress(RunningTask task, double? percent, string? text) => Locked(() => _attemptProgress[task.Id] = (percent, text));

    /// <summary>The leases last until then.</summary>
    public void NoteLeases(DateTimeOffset end) => Locked(() => _leaseEnd = end);

    /// <summary>Something the user may want to know.</summary>
    public void Note(string text) => Signal(() => _notes.Enqueue(text));

    /// <inheritdoc/>
    public void Dispose() => _stopAttempts.Dispose();

    // Under the lock -------------------------------------------------------------------------------------------------

    private bool IsIdle => _dry && _hand.Running == 0 && _hand.Ready == 0;

    // Returns the reason where the run is to end for its failures.
    private string? Take(RunningTask task, AttemptResult result, TimeSpan duration, DateTimeOffset now)
    {
        // Given up by StopNow: it was released already.
        if (!_hand.End(task.Id)) return null;
        var verdict = _judge.Judge(task, result, duration, now);
        _attemptProgress.Remove(task.Id);
        _ended.Add(new AttemptReport(task, verdict, result.Output));
        Submitted++;
        if (result.End is not AttemptEnd.Stopped) Tally.Ran(duration, verdict.Move.Report.Quota);
        if (verdict.Pause is not null) EndWith(verdict.Pause);
        _hand.IsHeld |= verdict.Holds(_request.Batch.Options);
        Monitor.PulseAll(_gate);
        return verdict.FailureLimit;
    }

    private bool HasWork()
    {
        if (_ended.Count > 0 || _renew || _hand is { IsHeld: true, Ready: > 0 }) return true;
        if (End is not null) return _hand.Ready > 0 || _hand.Running == 0 || _givesUpRunning;
        if (_poll && (_dry || _hand.Running > 0)) return true;
        return !_dry && Wanted() is > 0 and var wanted && (_hand.Ready * 2 <= wanted || _hand.IsShort);
    }

    private int Wanted() => _hand.Wanted(_request.Degree, Tally.MeanSeconds);

    private RunningTask? TakeReady(Func<JournalTask, RunningTask> begin)
    {
        if (End is not null || _hand.Next is null || (_hand.IsShort && !_dry && Wanted() > 0)) return null;
        var (now, options) = (_time.GetUtcNow(), _request.Batch.Options);
        // Other workers go by what is recorded, and this one by what they recorded: no more is out of sight than the tasks in hand.
        var mustWait = options.HasQuota && Submitted > Committed;
        var pause = mustWait ? null : Tally.QuotaPause(State, options, _hand.Running, now);
        // After a long freeze the leases have run out; who knows who holds these tasks now. They go back and are claimed anew. And a period of the quota
        // that is over is ended by the next exchange.
        if (now >= _leaseEnd || pause?.Until <= now)
        {
            _renew = true;
            Monitor.PulseAll(_gate);
            return null;
        }

        if (pause is not null) EndWith(pause);
        if (End is not null || mustWait) return null;
        var task = _hand.Start(begin, () => Tally.QuotaPause(State, options, _hand.Running, now) is null);
        // The next chunk is filled while this one runs.
        if (_hand.IsShort) Monitor.PulseAll(_gate);
        return task;
    }

    // At once, not when the writer comes to it: the next attempt would meet the same wall.
    private void EndWith(BatchMove pause)
    {
        if (End is not null) return;
        (_pause, End, EndReason) = (pause, RunEnd.Paused, pause.Reason);
        Monitor.PulseAll(_gate);
    }

    private T Locked<T>(Func<T> get)
    {
        lock (_gate) return get();
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
