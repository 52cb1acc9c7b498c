using System.Management.Automation;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands.Running;

/// <summary>A run of a batch: of the cmdlet, on the thread of its pipeline, or of a job, on the job's own.</summary>
internal sealed class BatchRun
{
    private readonly IJournalStore _store;
    private readonly JournalBatch _batch;
    private readonly RunLine _line;
    private readonly IRunStreams _streams;
    private readonly RunMessages _words;
    private readonly Delivery _delivery;
    private readonly Lock _gate = new();
    private Action? _giveUp;

    /// <param name="store">The journal, open for writing until the run is settled.</param>
    /// <param name="batch">The batch, with its tasks.</param>
    /// <param name="line">How to run it.</param>
    /// <param name="streams">Where to.</param>
    public BatchRun(IJournalStore store, JournalBatch batch, RunLine line, IRunStreams streams)
    {
        (_store, _batch, _line, _streams) = (store, batch, line, streams);
        _words = new RunMessages(streams);
        _delivery = new Delivery(store, batch, ProcessTable.Instance, line.Worker);
    }

    /// <summary>Runs until there is nothing left to do, or until something ends the run.</summary>
    /// <param name="stop">Stops it: tasks under way are given back, the batch is Paused.</param>
    /// <exception cref="JournalException">The journal could not be read or written.</exception>
    public RunResult Run(CancellationToken stop)
    {
        var activity = Math.Abs(_batch.Id.GetHashCode(StringComparison.Ordinal) % 1000) + 1;
        var outbox = _line.Summary ? null : _delivery.Outbox;
        var observer = new PipelineObserver(_streams, _batch, activity, outbox, TimeProvider.System, _line.ProgressInterval);
        var queue = new CallerQueue();
        if (outbox is not null)
        {
            _words.InDoubt(_batch.Id, outbox.Begin(ProcessTable.Instance, _line.Redeliver));
            queue.Post(() => observer.Deliver(outbox.First()));
        }

        using var mark = ProgramMark.Begin();
        var (batch, hasResults) = (_batch, false);
        while (true)
        {
            var (result, waits) = Run(batch, queue, activity, observer, outbox, hasResults, stop);
            if (waits is null) return result;
            (batch, hasResults) = (waits, result.HasResults);
            _words.WaitsForQuota(batch);
            if (Await(batch, observer, stop))
            {
                // With the options that it has by now.
                batch = _store.FindBatch(batch.Id) ?? batch;
                continue;
            }

            return result with { End = RunEnd.Interrupted };
        }
    }

    // Whether the pause is over; false where the run is stopped. Nothing is under way meanwhile, and a signal is told as one is that meets a run.
    private bool Await(JournalBatch batch, PipelineObserver observer, CancellationToken stop)
    {
        using var signals = new StopSignals(
            () => false, () => _delivery.Abandon([]), () => _words.HowToResume(_store, _batch.Id, 0, _delivery.Waiting, onPipeline: false), takesInterrupts: false);
        if (PauseWait.Await(_store, batch, TimeProvider.System, waiting => observer.Progress(PauseWait.ProgressOf(waiting)), stop) is PauseWaitEnd.Over) return true;
        _delivery.Stopped([]);
        _words.HowToResume(_store, _batch.Id, 0, _delivery.Waiting, onPipeline: true);
        signals.Told();
        return false;
    }

    private (RunResult Result, JournalBatch? Waits) Run(JournalBatch batch, CallerQueue queue, int activity, PipelineObserver observer, ResultOutbox? outbox, bool hasResults, CancellationToken stop)
    {
        var executor = _line.Executor(new StreamForwarder(_streams, queue, activity));
        using var pool = executor as PoolExecutor;
        using var runner = new BatchRunner(_store, Request(batch, queue, executor), executor, observer, TimeProvider.System, ProcessTable.Instance, queue);
        lock (_gate)
        {
            _giveUp = () =>
            {
                runner.StopNow();
                pool?.GiveUp();
            };
        }

        try
        {
            return Run(runner, pool, observer, outbox, hasResults, stop);
        }
        finally
        {
            lock (_gate) _giveUp = null;
        }
    }

    /// <summary>Gives every task back at once, and waits no longer for blocks that were told to stop and do not. Any thread may call.</summary>
    public void GiveUp()
    {
        lock (_gate) _giveUp?.Invoke();
    }

    /// <summary>The run is over, and so is whoever took what it wrote.</summary>
    /// <param name="isStopping">See <see cref="Delivery.Settle"/>.</param>
    public void Settle(bool isStopping) => _delivery.Settle(isStopping);

    private RunRequest Request(JournalBatch batch, CallerQueue queue, ITaskExecutor executor) => new(batch)
    {
        Degree = _line.Degree,
        ChunkSize = _line.ChunkSize,
        Stage = _line.Stage,
        MaxFailures = _line.MaxFailures,
        MaxFailurePercent = _line.MaxFailurePercent,
        RecordOutputs = _line.VerifyOutput,
        FailureThreshold = _line.FailureThreshold,
        StopTimeout = _line.StopTimeout,
        DeliversResults = !_line.Summary,
        Worker = _delivery.Worker,
        IsThere = _line.Scripts.HasExisting ? _line.Scripts.IsThere : null,
        ResolvePath = _line.ResolvePath,
        Reconcile = _line.Reconciles ? (task, stop) => _line.Scripts.AskReconcile(task, executor.RunsOnCaller ? null : queue, stop) : null,
    };

    // The batch, where the run waits for the end of its pause.
    private (RunResult Result, JournalBatch? Waits) Run(BatchRunner runner, PoolExecutor? pool, PipelineObserver observer, ResultOutbox? outbox, bool hasResults, CancellationToken stop)
    {
        using var told = _line.StopTimeout > TimeSpan.Zero ? stop.Register(() => _words.LetsEnd(runner.UnderWay, _line.StopTimeout)) : default;
        using var signals = new StopSignals(
            () =>
            {
                if (_line.StopTimeout > TimeSpan.Zero) _words.LetsEnd(runner.UnderWay, _line.StopTimeout);
                return runner.StopGently();
            },
            () =>
            {
                // Before the next run could start the same programs beside these.
                AttemptProcesses.KillAll(runner.StopNow);
                _delivery.Abandon(runner.Unreported);
                pool?.GiveUp();
            },
            () => _words.HowToResume(_store, _batch.Id, runner.GivenBack, _delivery.Waiting, onPipeline: false),
            takesInterrupts: !_line.IsJob);
        RunResult result;
        try
        {
            result = runner.Run(stop);
        }
        catch (Exception) when (!runner.HasFault)
        {
            // Out of the pipeline: the user or a command downstream stops it, or something there failed.
            _delivery.Stopped(runner.Unreported);
            _words.HowToResume(_store, _batch.Id, runner.GivenBack, _delivery.Waiting, onPipeline: true);
            throw;
        }

        result = result with { HasResults = result.HasResults || hasResults };
        if (result.End is RunEnd.Interrupted) _delivery.Stopped(runner.Unreported);
        // Before anything is written: the pipeline may be stopping, though nobody has told this cmdlet yet.
        if (result.End is RunEnd.Interrupted) _words.HowToResume(_store, _batch.Id, result.GivenBack, _delivery.Waiting, onPipeline: true);
        signals.Told();
        if (_line.Waits && result.End is RunEnd.Paused && _store.FindBatch(_batch.Id) is { } paused && PauseWait.UntilOf(paused) is not null) return (result, paused);
        observer.Close();
        _words.Recorded(_batch, _line.Scripts.Recorded);
        _words.Reconciled(_batch, _line.Scripts.Reconciled);
        _words.End(_batch, result);
        if (result.HasResults && result.End is not RunEnd.Interrupted) _words.Clashes(_batch, ResultClash.Find(_store, _batch.Id).Where(clash => !observer.HasTold(clash)));
        if (outbox is not null && result.End is not RunEnd.Interrupted)
        {
            observer.Deliver(outbox.Others());
            _delivery.Ended();
        }

        if (_line.Summary) _streams.WriteObject(BatchSummary.Read(_store, _store.FindBatch(_batch.Id)!, TimeZoneInfo.Local, _line.Degree, leftOut: _line.LeftOut));
        return (result, null);
    }
}

/// <summary>What the line of a run says of how to run its batch.</summary>
/// <param name="Executor">Makes what does the work, given where to what script blocks say goes.</param>
/// <param name="Scripts">The script blocks that are asked beside the work.</param>
/// <param name="ResolvePath">Paths as the thread that names them means them.</param>
internal sealed record RunLine(Func<StreamForwarder, ITaskExecutor> Executor, CallerScripts Scripts, Func<string, string> ResolvePath)
{
    /// <summary>Whether it runs behind the session, as a job.</summary>
    public bool IsJob { get; init; }

    /// <summary>How many tasks run at once.</summary>
    public int Degree { get; init; } = 1;

    /// <summary>How many tasks a block gets in one call at most; null where each has its own.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>The only stage to run; null for all.</summary>
    public string? Stage { get; init; }

    /// <summary>See <see cref="RunRequest.MaxFailures"/>.</summary>
    public long? MaxFailures { get; init; }

    /// <summary>See <see cref="RunRequest.MaxFailurePercent"/>.</summary>
    public double? MaxFailurePercent { get; init; }

    /// <summary>See <see cref="RunRequest.FailureThreshold"/>.</summary>
    public int? FailureThreshold { get; init; }

    /// <summary>See <see cref="RunRequest.StopTimeout"/>.</summary>
    public TimeSpan StopTimeout { get; init; }

    /// <summary>What is recorded of output files.</summary>
    public OutputCheck VerifyOutput { get; init; }

    /// <summary>Whether the summary is emitted instead of what the blocks emit.</summary>
    public bool Summary { get; init; }

    /// <summary>Whether what a run that died may have written is written again.</summary>
    public bool Redeliver { get; init; }

    /// <summary>Whether the line has a block that is asked about tasks that died.</summary>
    public bool Reconciles { get; init; }

    /// <summary>What to call the worker; null for the usual name.</summary>
    public string? Worker { get; init; }

    /// <summary>How often a line of the information stream says how far the run is.</summary>
    public TimeSpan ProgressInterval { get; init; }

    /// <summary>Whether the run waits until a quota that is used up is renewed.</summary>
    public bool Waits { get; init; }

    /// <summary>Inputs that were left out, for the summary.</summary>
    public long LeftOut { get; init; }
}
