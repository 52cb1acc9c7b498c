using System.Collections.Concurrent;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>
/// Runs a batch: claims tasks, has them executed, records how each attempt ended, and tells an observer once that is committed. The threads of a
/// run meet on a <see cref="RunBoard"/>; one of them, the <see cref="JournalWriter"/>, does all commits.
/// </summary>
/// <remarks>
/// Ways a run ends are listed in <see cref="RunEnd"/>. However it ends, even by an exception out of the observer, no task stays InProgress
/// under this worker, unless the journal itself can no longer be written; then the next run recovers them. A runner runs once.
/// </remarks>
public sealed class BatchRunner : IDisposable
{
    // An attempt at least this long has its output written before the next one starts; shorter ones share commits.
    private static readonly TimeSpan LongAttempt = TimeSpan.FromMilliseconds(2);

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
    private readonly Random _random;
    private readonly RunBoard _board;
    private readonly Lock _preparing = new();
    private readonly Lock _stopping = new();
    private ITimer? _stopLimit;
    private int _prepared;

    /// <summary>A runner for one run.</summary>
    /// <exception cref="JournalException">InvalidValue: a size of chunks that cannot be, or chunks of a batch with stages.</exception>
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
        (_store, _request, _executor, _observer, _time, _processes) = (store, request, executor, observer, time, processes);
        ChunkAttempt.Validate(request.ChunkSize, request.Batch.Stages);
        _callerQueue = callerQueue ?? new CallerQueue();
        _random = random ?? Random.Shared;
        _board = new RunBoard(request, time, _random);
    }

    /// <summary>Runs until there is nothing left to do, or until something ends the run.</summary>
    /// <param name="stop">Stops the run: no new claims, running attempts are stopped and given back, the batch is Paused.</param>
    /// <exception cref="JournalException">The journal could not be read or written.</exception>
    public RunResult Run(CancellationToken stop)
    {
        var worker = _request.Worker ?? _processes.NewWorker(_request.WorkerLabel);
        var journal = new RunJournal(_request, _store, _board, worker, _time, _random);
        using var writer = new JournalWriter(_board, _request, journal, _time, _processes);
        var threads = new List<Thread>();
        long recovered;
        _callerQueue.Posted += _board.Wake;
        try
        {
            recovered = writer.Recover();
            _board.Tally.Begin(_request.Batch.Counts, journal.ReadFigures());
            using var stopping = stop.Register(Stop);
            using var renewal = Every(_request.Batch.Options.LeaseTimeout / 5, _board.RenewalDue);
            using var polling = Every(PollInterval, _board.PollDue);
            using var progress = Every(ProgressInterval, _board.ProgressDue);
            threads.Add(Start("Journal writer", writer.Run));
            if (!_executor.RunsOnCaller)
            {
                for (var n = 1; n <= _request.Degree; n++) threads.Add(Start($"Journal worker {n}", () => WorkerLoop(journal)));
            }

            CallerLoop(journal);
        }
        finally
        {
            // Only an exception of the observer or of a posted action gets here with the run still on: that is a stop, too.
            Stop();
            foreach (var thread in threads) thread.Join();
            _callerQueue.Posted -= _board.Wake;
            if (_request.Worker is null) _processes.Retire(worker);
        }

        if (_board.Fault is JournalException fault) throw fault;
        if (_board.Fault is not null) throw new InvalidOperationException($"The run was ended by an error outside of its tasks: {_board.Fault.Message}", _board.Fault);
        var tally = _board.Tally;
        return new RunResult(_board.End ?? RunEnd.Done, _board.EndReason, _board.State, tally.Completed, tally.Failed, tally.Skipped, tally.Retried, recovered, tally.GivenBack) { HasResults = tally.HasResults };
    }

    /// <summary>Ends of attempts that are recorded and were not told to the observer, because the run was stopped first. To be asked when the run is over.</summary>
    public IReadOnlyList<AttemptReport> Unreported => _board.Unreported;

    /// <summary>Whether the journal failed: then it is not known what of the latest is recorded.</summary>
    public bool HasFault => _board.Fault is not null;

    /// <summary>
    /// Gives every task back at once, without waiting for the attempts under way, and returns when that is on the disk (or cannot be put there). For a
    /// process that is about to end: what those attempts still do counts for nothing.
    /// </summary>
    public void StopNow()
    {
        // While the tasks are still its own: whoever claims one next may use the same file names.
        foreach (var task in _board.RunningTasks) task.DeleteTempFiles();
        _board.GiveUp(StopNowLimit);
    }

    /// <summary>Stops the run, and returns when it is over, or when the attempts under way have had the time that the run gives them (<see cref="RunRequest.StopTimeout"/>).</summary>
    /// <returns>Whether it is over; false at once where the run gives them none.</returns>
    public bool StopGently()
    {
        if (_request.StopTimeout <= TimeSpan.Zero) return false;
        Stop();
        return _board.AwaitOver(_request.StopTimeout);
    }

    private void Stop()
    {
        var isGentle = _request.StopTimeout > TimeSpan.Zero;
        _board.Interrupt(stopAttempts: !isGentle);
        if (!isGentle) return;
        lock (_stopping)
        {
            _stopLimit ??= _time.CreateTimer(
                _ => _board.Interrupt(stopAttempts: true), null, LongWait.Step(_request.StopTimeout), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>How many attempts are under way.</summary>
    public int UnderWay => _board.RunningTasks.Count;

    /// <summary>Tasks that were under way when the run was stopped, and wait again.</summary>
    public long GivenBack => _board.GivenBack;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_stopping) _stopLimit?.Dispose();
        _board.Dispose();
    }

    private void CallerLoop(RunJournal journal)
    {
        var begin = Begin(journal);
        long holdUntil = 0;
        while (_board.Await(_executor.RunsOnCaller ? begin : null, holdUntil, () => !_callerQueue.IsEmpty, out var next))
        {
            if (next is not null)
            {
                var (ticket, duration) = Attempt(journal, next);
                if (duration >= LongAttempt) holdUntil = ticket;
            }

            Deliver(journal);
        }
    }

    private void Deliver(RunJournal journal)
    {
        _callerQueue.Drain();
        while (_board.TakeReport(journal.Now) is { } news)
        {
            switch (news)
            {
                case AttemptReport report: _observer.Report(report); break;
                case RunProgress progress: _observer.Progress(progress); break;
                default: _observer.Note((string)news); break;
            }
        }
    }

    private void WorkerLoop(RunJournal journal)
    {
        try
        {
            // One after another: while one makes ready, those that are do the work, and short work may be done by then. Work so short that one keeps up
            // with it is not made faster by more of them.
            lock (_preparing)
            {
                if (!_board.AwaitNeed(_prepared == 1 ? ClaimAhead.WorkAhead : TimeSpan.Zero)) return;
                _executor.Prepare();
                _prepared++;
            }

            var begin = Begin(journal);
            while (_board.AwaitTask(begin) is { } next) Attempt(journal, next);
        }
#pragma warning disable CA1031 // It is carried to the calling thread and raised there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _board.Fail(e);
        }
    }

    private (long Ticket, TimeSpan Duration) Attempt(RunJournal journal, RunningTask task)
    {
        if (_request.ChunkSize is not null) return AttemptChunk(journal, task.Chunk!);
        var started = _time.GetTimestamp();
        AttemptResult? result = null;
        long ticket;
        TimeSpan duration;
        try
        {
            result = EndWithoutWork(task) ?? _executor.Execute(task, _board.StopAttempts);
            if (result.End is AttemptEnd.Succeeded && task.Said is { } said) result = said;
        }
        finally
        {
            // An executor that throws is being unwound by its host: for the task that is a stop.
            result ??= AttemptResult.Stopped;
            if (result.End is AttemptEnd.Succeeded) task.RecordOutputs(_request.RecordOutputs is OutputCheck.Hash);
            duration = _time.GetElapsedTime(started);
            DeleteTempFiles(task);
            ticket = _board.Submit(task, result, duration, journal.Now);
        }

        return (ticket, duration);
    }

    private void DeleteTempFiles(RunningTask task)
    {
        if (task.HasTempFiles && _board.IsRunning(task)) task.DeleteTempFiles();
    }

    private AttemptResult? EndWithoutWork(RunningTask task)
    {
        task.WasThere = task.Task is { Token: 1, Crashes: 0 } && _request.IsThere?.Invoke(task) == true;
        if (task.WasThere) return AttemptResult.Succeeded();
        return task.Crashes > 0 && _request.Reconcile is { } reconcile ? reconcile(task, _board.StopAttempts) : null;
    }

    private (long Ticket, TimeSpan Duration) AttemptChunk(RunJournal journal, IReadOnlyList<RunningTask> chunk)
    {
        var started = _time.GetTimestamp();
        var attempt = new ChunkAttempt(chunk);
        long ticket;
        try
        {
            var ended = chunk.Select(task => (Task: task, Result: EndWithoutWork(task))).ToList();
            attempt = new ChunkAttempt(ended.Where(static end => end.Result is null).Select(static end => end.Task));
            Submit(journal, [.. ended.Where(static end => end.Result is not null).Select(static end => new TaskEnd(end.Task, end.Result!))]);
            while (_board.End is null && attempt.Begin() is { } first)
            {
                var began = _time.GetTimestamp();
                AttemptResult? result = null;
                try
                {
                    result = _executor.Execute(first, _board.StopAttempts);
                }
                finally
                {
                    Submit(journal, attempt.End(result ?? AttemptResult.Stopped, _time.GetElapsedTime(began), _board.IsOfWholeChunk));
                    foreach (var task in chunk) DeleteTempFiles(task);
                }
            }
        }
        finally
        {
            ticket = Submit(journal, attempt.GiveUp());
        }

        return (ticket, _time.GetElapsedTime(started));
    }

    private long Submit(RunJournal journal, IReadOnlyList<TaskEnd> ends)
    {
        foreach (var (task, result) in ends)
        {
            if (result.End is AttemptEnd.Succeeded) task.RecordOutputs(_request.RecordOutputs is OutputCheck.Hash);
            DeleteTempFiles(task);
        }

        return _board.Submit(ends, journal.Now);
    }

    private Func<JournalTask, RunningTask> Begin(RunJournal journal) => task => new RunningTask(task, _request, journal, _board.NoteProgress);

    private static Thread Start(string name, Action body)
    {
        var thread = new Thread(() => body()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    private ITimer Every(TimeSpan period, Action due) => _time.CreateTimer(_ => due(), null, LongWait.Step(period), LongWait.Step(period));
}

/// <summary>Work that other threads hand to the thread that called <see cref="BatchRunner.Run"/>: in PowerShell, only that one may write to the pipeline.</summary>
public sealed class CallerQueue
{
    private readonly ConcurrentQueue<Action> _actions = new();

    /// <summary>Raised, on the posting thread, when something was posted.</summary>
    internal event Action? Posted;

    /// <summary>Hands over an action. Any thread may.</summary>
    public void Post(Action action)
    {
        _actions.Enqueue(action);
        Posted?.Invoke();
    }

    internal bool IsEmpty => _actions.IsEmpty;

    internal void Drain()
    {
        while (_actions.TryDequeue(out var action)) action();
    }
}

/// <summary>Waits of any length: a timer of .NET takes no more than 49.7 days and a wait handle half of that, so a longer one is made of steps.</summary>
public static class LongWait
{
    /// <summary>The longest step.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    /// <summary>How long to wait before looking again how long there is left.</summary>
    public static TimeSpan Step(TimeSpan left) => left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest;
}
