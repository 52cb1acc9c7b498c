using Journal.Lifecycle;
using Journal.Policy;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>
/// Runs a batch: claims tasks, has them executed, records how each attempt ended, and tells an observer once that is committed. One thread of
/// its own (the writer) does all commits: what ends while one commit is under way shares the next, so that short tasks share an fsync and a
/// long one has it to itself, and completing a task claims the next one in the same transaction.
/// </summary>
/// <remarks>
/// Ways a run ends are listed in <see cref="RunEnd"/>. However it ends, even by an exception out of the observer, no task stays InProgress
/// under this worker, unless the journal itself can no longer be written; then the next run recovers them.
/// </remarks>
public sealed class BatchRunner : IDisposable
{
    // An attempt at least this long has its output written before the next one starts; shorter ones share commits.
    private static readonly TimeSpan LongAttempt = TimeSpan.FromMilliseconds(2);

    // How many ended attempts may wait for their commit: more would only use memory.
    private const int MostUncommitted = 512;

    // How far attempts may run ahead of an observer that is slow, or about to say that it has seen enough.
    private const int MostUnreported = 32;

    // A journal that cannot be written now must not hold up the end of the process; the next run recovers what it held.
    private static readonly TimeSpan StopNowLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly IJournalStore _store;
    private readonly RunRequest _request;
    private readonly ITaskExecutor _executor;
    private readonly IRunObserver _observer;
    private readonly TimeProvider _time;
    private readonly IProcessTable _processes;
    private readonly CallerQueue _callerQueue;
    private readonly AttemptJudge _judge;
    private readonly RunTally _tally;
    private readonly CancellationTokenSource _stopAttempts = new();
    private readonly ITimer _due;

    // Everything below is guarded by _gate.
    private readonly object _gate = new();
    private readonly LinkedList<JournalTask> _ready = new();
    private readonly Dictionary<long, RunningTask> _running = [];
    private readonly Queue<AttemptReport> _reports = new();
    private readonly List<string> _notes = [];
    private readonly Dictionary<long, (double? Percent, string? Text)> _attemptProgress = [];
    private List<Finished> _finished = [];
    private long _submitted;
    private long _committed;
    private RunEnd? _end;
    private string? _endReason;
    private bool _over;
    private bool _dry;
    private bool _renew;
    private bool _poll;
    private bool _progressDue = true;
    private bool _suspectInHand;
    private bool _givesUpRunning;
    private BatchMove? _pause;
    private double _quotaUncommitted;
    private BatchState _state;
    private DateTimeOffset _leaseEnd;
    private Exception? _fault;

    /// <summary>A runner for one run.</summary>
    /// <param name="store">The journal, open for writing.</param>
    /// <param name="request">What to run.</param>
    /// <param name="executor">Does the work.</param>
    /// <param name="observer">Hears of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="processes">Who lives.</param>
    /// <param name="callerQueue">Through which the executor reaches the calling thread; null where it need not.</param>
    /// <param name="random">Spreads retries; null for the shared one.</param>
    public BatchRunner(
        IJournalStore store,
        RunRequest request,
        ITaskExecutor executor,
        IRunObserver observer,
        TimeProvider time,
        IProcessTable processes,
        CallerQueue? callerQueue = null,
        Random? random = null)
    {
        _store = store;
        _request = request;
        _executor = executor;
        _observer = observer;
        _time = time;
        _processes = processes;
        _callerQueue = callerQueue ?? new CallerQueue();
        _judge = new AttemptJudge(request, random ?? Random.Shared);
        _state = StateAfter(request.Batch);
        _due = time.CreateTimer(_ => Signal(() => _dry = false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _tally = new RunTally(time, request.Degree);
    }

    private TimeSpan Lease => _request.Batch.Options.LeaseTimeout;

    /// <summary>Runs until there is nothing left to do, or until something ends the run.</summary>
    /// <param name="stop">Stops the run: no new claims, running attempts are stopped and given back, the batch is Paused.</param>
    /// <exception cref="JournalException">The journal could not be read or written.</exception>
    public RunResult Run(CancellationToken stop)
    {
        var worker = _processes.NewWorker(_request.WorkerLabel);
        var recovered = Recover(worker);
        _tally.Begin(_request.Batch.Counts, _store.ReadFigures(_request.Batch.Id));
        _leaseEnd = _time.GetUtcNow() + Lease;
        var writer = new Thread(() => WriteLoop(worker)) { IsBackground = true, Name = "Journal writer" };
        var workers = _executor.RunsOnCaller ? [] : StartWorkers();
        _callerQueue.Posted += Wake;
        try
        {
            using var stopping = stop.Register(() => RequestEnd(RunEnd.Interrupted, "Interrupted", stopAttempts: true));
            using var renewal = Every(Lease / 5, () => _renew = true);
            using var polling = Every(PollInterval, () => _poll = true);
            using var progress = Every(ProgressInterval, () => _progressDue = true);
            writer.Start();
            foreach (var thread in workers) thread.Start();
            CallerLoop();
        }
        finally
        {
            // Only an exception of the observer or of a posted action gets here with the run still on: that is a stop, too.
            RequestEnd(RunEnd.Interrupted, "Interrupted", stopAttempts: true, onlyIfRunning: true);
            foreach (var thread in workers) if (!thread.ThreadState.HasFlag(ThreadState.Unstarted)) thread.Join();
            if (!writer.ThreadState.HasFlag(ThreadState.Unstarted)) writer.Join();
            _callerQueue.Posted -= Wake;
            _processes.Retire(worker);
        }

        if (_fault is JournalException fault) throw fault;
        if (_fault is not null) throw new InvalidOperationException("The run ended because of an error in the journal.", _fault);
        return new RunResult(_end ?? RunEnd.Done, _endReason, _state, _tally.Completed, _tally.Failed, _tally.Skipped, _tally.Retried, recovered);
    }

    /// <summary>
    /// Gives every task back at once, without waiting for the attempts under way, and returns when that is on the disk (or cannot be put there). For a
    /// process that is about to end: what those attempts still do counts for nothing.
    /// </summary>
    public void StopNow()
    {
        RequestEnd(RunEnd.Interrupted, "Interrupted", stopAttempts: false);
        lock (_gate)
        {
            _givesUpRunning = true;
            Monitor.PulseAll(_gate);
            while (!_over && Monitor.Wait(_gate, StopNowLimit))
            {
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _due.Dispose();
        _stopAttempts.Dispose();
    }

    // The calling thread ----------------------------------------------------------------------------------------

    private void CallerLoop()
    {
        long holdFor = 0;
        while (true)
        {
            Deliver();
            RunningTask? next = null;
            lock (_gate)
            {
                if (_reports.Count > 0 || _notes.Count > 0 || _progressDue || !_callerQueue.IsEmpty) continue;
                if (_over) return;
                if (_executor.RunsOnCaller && _committed >= holdFor && _submitted - _committed < MostUncommitted) next = TakeReady();
                if (next is null)
                {
                    Monitor.Wait(_gate);
                    continue;
                }
            }

            var (ticket, duration) = Attempt(next);
            if (duration >= LongAttempt) holdFor = ticket;
        }
    }

    private void Deliver()
    {
        _callerQueue.Drain();
        while (true)
        {
            AttemptReport? report = null;
            string? note = null;
            RunProgress? progress = null;
            lock (_gate)
            {
                if (_notes.Count > 0)
                {
                    note = _notes[0];
                    _notes.RemoveAt(0);
                }
                else if (_reports.TryDequeue(out report))
                {
                    Monitor.PulseAll(_gate);
                }
                else if (_progressDue)
                {
                    _progressDue = false;
                    progress = DescribeProgress();
                }
            }

            if (note is not null) _observer.Note(note);
            else if (report is not null) _observer.Report(report);
            else if (progress is not null) _observer.Progress(progress);
            else return;
        }
    }

    private RunProgress DescribeProgress()
    {
        var idle = _running.Count == 0 && _ready.Count == 0;
        var current = _running.Count > 0 ? _running.Values.First().Key : null;
        var due = idle && _dry ? _state.NextDue : null;
        var eta = _tally.Estimate(_state, _running.Count, due is { } at ? at - _time.GetUtcNow() : TimeSpan.Zero);
        return new RunProgress(_state, _tally.Ended, _running.Count, _tally.PerSecond, eta, due, idle && _dry && due is null && _state.Counts.InProgress > 0, current);
    }

    // Attempts --------------------------------------------------------------------------------------------------

    private Thread[] StartWorkers() =>
        [.. Enumerable.Range(1, _request.Degree).Select(n => new Thread(WorkerLoop) { IsBackground = true, Name = $"Journal worker {n}" })];

    private void WorkerLoop()
    {
        try
        {
            while (WaitForReady() is { } next) Attempt(next);
        }
#pragma warning disable CA1031 // It is carried to the calling thread and raised there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fault(e);
        }
    }

    private RunningTask? WaitForReady()
    {
        lock (_gate)
        {
            while (!_over && _end is null)
            {
                if (_submitted - _committed < MostUncommitted && _reports.Count < MostUnreported && TakeReady() is { } next) return next;
                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    private RunningTask? TakeReady()
    {
        if (_end is not null || _ready.First is not { } first) return null;
        // After a long freeze the leases have run out; who knows who holds these tasks now. They go back and are claimed anew.
        if (_time.GetUtcNow() >= _leaseEnd)
        {
            _renew = true;
            Monitor.PulseAll(_gate);
            return null;
        }

        if (QuotaIsShort() is { } shortage)
        {
            EndWith(BatchMove.Pause(shortage));
            return null;
        }

        _ready.RemoveFirst();
        var running = new RunningTask(first.Value, _request.Batch, _store, _request.ResolvePath, NoteAttemptProgress);
        _running[running.Id] = running;
        return running;
    }

    private (long Ticket, TimeSpan Duration) Attempt(RunningTask task)
    {
        var started = _time.GetTimestamp();
        AttemptResult? result = null;
        try
        {
            result = task.Crashes > 0 && _request.Reconcile?.Invoke(task) == true
                ? AttemptResult.Succeeded()
                : _executor.Execute(task, _stopAttempts.Token);
        }
        finally
        {
            // An executor that throws is being unwound by its host: for the task that is a stop.
            result ??= AttemptResult.Stopped;
            if (result.End is AttemptEnd.Succeeded) task.RecordOutputs(_request.RecordOutputs is OutputCheck.Hash);
            Submit(task, result, _time.GetElapsedTime(started));
        }

        return (_submitted, _time.GetElapsedTime(started));
    }

    private void Submit(RunningTask task, AttemptResult result, TimeSpan duration)
    {
        var now = _time.GetUtcNow();
        string limit;
        lock (_gate)
        {
            // Given up by StopNow: it was released already.
            if (!_running.Remove(task.Id)) return;
            var verdict = _judge.Judge(task, result, duration, now);
            _attemptProgress.Remove(task.Id);
            _finished.Add(new Finished(task, result, verdict));
            _submitted++;
            _quotaUncommitted += verdict.Move.Report.Quota;
            if (result.End is not AttemptEnd.Stopped) _tally.Ran(duration, verdict.Move.Report.Quota);
            if (verdict.Pause is not null) EndWith(verdict.Pause);
            Monitor.PulseAll(_gate);
            if (verdict.FailureLimit is null) return;
            limit = verdict.FailureLimit;
        }

        RequestEnd(RunEnd.FailureLimit, limit, stopAttempts: true);
    }

    // At once, not when the writer comes to it: the next attempt would meet the same wall.
    private void EndWith(BatchMove pause)
    {
        if (_end is not null) return;
        _pause = pause;
        _end = RunEnd.Paused;
        _endReason = pause.Reason;
        Monitor.PulseAll(_gate);
    }

    private void NoteAttemptProgress(RunningTask task, double? percent, string? text)
    {
        lock (_gate) _attemptProgress[task.Id] = (percent, text);
    }

    // The writer ------------------------------------------------------------------------------------------------

    private void WriteLoop(WorkerIdentity worker)
    {
        try
        {
            while (WriteOnce(worker))
            {
            }

            PauseIfStopped(worker);
        }
#pragma warning disable CA1031 // It is carried to the calling thread and raised there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fault(e);
        }
        finally
        {
            lock (_gate)
            {
                _over = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>One turn of the writer: wait for something to do, do it in one exchange. False when the run is over.</summary>
    private bool WriteOnce(WorkerIdentity worker)
    {
        List<Finished> finished;
        List<TaskMove> moves;
        int claim;
        bool renew, poll;
        Dictionary<long, (double? Percent, string? Text)> attemptProgress = [];
        lock (_gate)
        {
            var idle = _dry && _running.Count == 0 && _ready.Count == 0;
            var since = _time.GetTimestamp();
            while (!HasWriterWork()) Monitor.Wait(_gate);
            if (idle) _tally.Idled(_time.GetElapsedTime(since));
            finished = _finished;
            _finished = [];
            renew = _renew;
            poll = _poll;
            _renew = _poll = false;
            if (poll)
            {
                _dry = false;
                foreach (var (id, progress) in _attemptProgress) attemptProgress[id] = progress;
                _attemptProgress.Clear();
            }

            moves = new List<TaskMove>(finished.Count);
            foreach (var item in finished)
            {
                moves.Add(item.Verdict.Move);
                if (item.Verdict.Refunds is { } refunds) moves.AddRange(refunds);
            }

            if (renew && _time.GetUtcNow() >= _leaseEnd || _end is not null) GiveBackReady(moves);
            if (_givesUpRunning) GiveUpRunning(moves);
            if (_end is not null && _running.Count == 0 && finished.Count == 0 && moves.Count == 0)
            {
                return false;
            }

            claim = _end is null ? Wanted() : 0;
        }

        if (renew) Renew(worker);
        foreach (var (id, (percent, text)) in attemptProgress) ShowProgress(id, percent, text);
        if (poll && moves.Count == 0 && claim > 0) Recover(worker);
        var request = new ExchangeRequest(worker, _request.Batch.Id, Lease) { Moves = moves, Claim = claim, Stage = _request.Stage };
        var result = _store.Exchange(request);
        Publish(finished, result, claim);
        if (Ending(worker) is var (end, reason, stopAttempts)) RequestEnd(end, reason, stopAttempts);
        return true;
    }

    private bool HasWriterWork()
    {
        if (_finished.Count > 0 || _renew) return true;
        if (_end is not null) return _ready.Count > 0 || _running.Count == 0 || _givesUpRunning;
        if (_poll && (_dry || _attemptProgress.Count > 0 || _running.Count > 0)) return true;
        return !_dry && _ready.Count * 2 <= Wanted() && Wanted() > 0;
    }

    private int Wanted()
    {
        // A task that its worker died with runs without others ahead: should it kill again, none of them is accused.
        var target = _suspectInHand ? _request.Degree : ClaimAhead.Target(_request.Degree, _tally.MeanSeconds);
        return Math.Max(0, target - _ready.Count - _running.Count);
    }

    private void GiveBackReady(List<TaskMove> moves)
    {
        foreach (var task in _ready) moves.Add(TaskMove.Release(task.Id, task.Token, "Claimed ahead and not started."));
        _ready.Clear();
    }

    private void GiveUpRunning(List<TaskMove> moves)
    {
        foreach (var task in _running.Values) moves.Add(TaskMove.Release(task.Id, task.Task.Token, "The process was told to end.", task.ToReport(null)));
        _running.Clear();
    }

    private void Renew(WorkerIdentity worker)
    {
        var now = _time.GetUtcNow();
        _store.RenewLeases(worker, _request.Batch.Id, Lease);
        lock (_gate) _leaseEnd = now + Lease;
    }

    private void ShowProgress(long taskId, double? percent, string? text)
    {
        try
        {
            _store.AmendTask(taskId, new TaskAmendment { Progress = percent, ProgressText = text });
        }
        catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.TaskNotFound) or nameof(JournalErrors.LeaseLost))
        {
            // Progress is for looking at; what ended meanwhile has none.
        }
    }

    private void Publish(List<Finished> finished, ExchangeResult result, int claim)
    {
        lock (_gate)
        {
            _state = result.Batch;
            var move = 0;
            foreach (var item in finished)
            {
                var outcome = result.Moves[move];
                move += 1 + (item.Verdict.Refunds?.Count ?? 0);
                _tally.Recorded(item.Task, item.Verdict.Move, outcome.Outcome);
                _reports.Enqueue(new AttemptReport(item.Task, item.Verdict.Move, outcome.Outcome, item.Result.Output, item.Verdict.Decision));
                if (outcome is { Outcome: MoveOutcome.Applied, Token: { } token }) GoOn(item.Task, token);
            }

            foreach (var task in result.Claimed) _ready.AddLast(task);
            _suspectInHand = _ready.Any(static task => task.Crashes > 0) || _running.Values.Any(static task => task.Crashes > 0);
            _dry = result.Claimed.Count < claim;
            _committed += finished.Count;
            _quotaUncommitted -= finished.Sum(static item => item.Verdict.Move.Report.Quota);
            Monitor.PulseAll(_gate);
        }
    }

    // The next stage of a task runs before other tasks start: a task that is half done is worth more done.
    private void GoOn(RunningTask task, long token)
    {
        var stages = _request.Batch.Stages;
        var next = stages[1 + IndexOf(stages, task.Stage!)];
        _ready.AddFirst(task.Task with { Token = token, Stage = next, Attempts = 1, Metadata = task.Metadata });
    }

    private static int IndexOf(JsonList stages, string stage)
    {
        for (var i = 0; i < stages.Count; i++) if (string.Equals(stages[i], stage, StringComparison.OrdinalIgnoreCase)) return i;
        throw new ArgumentException($"'{stage}' is not among the stages.", nameof(stage));
    }

    /// <summary>Whether the run ends here, why, and whether running attempts are stopped or may finish.</summary>
    private (RunEnd End, string? Reason, bool StopAttempts)? Ending(WorkerIdentity worker)
    {
        if (_pause is { } pause)
        {
            // Another worker may have ended or paused it in the same moment; then there is nothing left to pause.
            _pause = null;
            if (BatchLifecycle.AllowsMoves(_state.Status)) _state = StateAfter(_store.Apply(_request.Batch.Id, pause, worker));
            return null;
        }

        switch (_state.Status)
        {
            case JournalBatchStatus.Paused when !BatchLifecycle.PauseIsOver(_state.PausedUntil, _store.Now):
                return (RunEnd.Paused, _state.PauseReason, false);
            case JournalBatchStatus.Canceled:
                return (RunEnd.Canceled, "The batch was canceled.", true);
        }

        lock (_gate)
        {
            if (!_dry || _ready.Count > 0 || _running.Count > 0 || _finished.Count > 0) return null;
        }

        if (_state.NextDue is { } due)
        {
            var wait = due - _store.Now;
            _due.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            return null;
        }

        if (_state.Counts.InProgress == 0 || _request.Stage is not null) return (RunEnd.Done, null, false);
        var waitsForItself = _store.ReadInFlight(_request.Batch.Id)
            .All(task => task.Worker is { } holder && holder != worker && _processes.IsThisProcess(holder));
        return waitsForItself
            ? (RunEnd.HeldElsewhere, $"{_state.Counts.InProgress} task(s) are held by another worker of this process.", false)
            : null;
    }

    private string? QuotaIsShort()
    {
        if (_request.Batch.QuotaLimit is not { } limit) return null;
        var used = _state.QuotaConsumed + _quotaUncommitted;
        var perTask = _tally.QuotaPerTask(_state);
        return used + perTask * (_running.Count + 1) > limit
            ? FormattableString.Invariant($"Quota: {used:0.##} of {limit:0.##} units are used; the next task needs about {perTask:0.##}.")
            : null;
    }

    // A stop pauses the batch, unless other workers go on with it.
    private void PauseIfStopped(WorkerIdentity worker)
    {
        if (_end is not (RunEnd.Interrupted or RunEnd.FailureLimit)) return;
        var batch = _store.FindBatch(_request.Batch.Id);
        if (batch is null) return;
        _state = StateAfter(batch);
        if (batch.Counts.Open == 0 || batch.InProgress > 0 || !BatchLifecycle.AllowsMoves(batch.Status) || batch.Status is JournalBatchStatus.Paused) return;
        var reason = _end is RunEnd.Interrupted ? "Interrupted" : _endReason!;
        _state = StateAfter(_store.Apply(batch.Id, BatchMove.Pause(reason), worker));
    }

    private long Recover(WorkerIdentity worker)
    {
        var recovered = BatchRecovery.Recover(_store, _request.Batch.Id, _processes, worker);
        if (recovered.Count == 0) return 0;
        lock (_gate)
        {
            var abandoned = recovered.Count(static task => task.Abandoned);
            _notes.Add($"Recovered {recovered.Count} task(s) of dead workers"
                + (abandoned > 0 ? $"; {abandoned} of them failed as Abandoned, because their workers died too often." : "."));
            Monitor.PulseAll(_gate);
        }

        return recovered.Count;
    }

    // Signals ---------------------------------------------------------------------------------------------------

    private void RequestEnd(RunEnd end, string? reason, bool stopAttempts, bool onlyIfRunning = false)
    {
        lock (_gate)
        {
            if (onlyIfRunning && _over) return;
            if (_end is null)
            {
                _end = end;
                _endReason = reason;
            }

            Monitor.PulseAll(_gate);
        }

        // Outside the lock: what is registered on the token may need it.
        if (stopAttempts) _stopAttempts.Cancel();
    }

    private void Wake() => Signal(static () => { });

    private ITimer Every(TimeSpan period, Action set) => _time.CreateTimer(_ => Signal(set), null, period, period);

    private void Signal(Action set)
    {
        lock (_gate)
        {
            set();
            Monitor.PulseAll(_gate);
        }
    }

    private void Fault(Exception error)
    {
        lock (_gate) _fault ??= error;
        RequestEnd(RunEnd.Interrupted, error.Message, stopAttempts: true);
    }

    private static BatchState StateAfter(JournalBatch batch) =>
        new(batch.Status, batch.Counts, batch.PauseReason, batch.PausedUntil, batch.QuotaConsumed, null);

    private sealed record Finished(RunningTask Task, AttemptResult Result, Verdict Verdict);
}
