using Journal.Lifecycle;
using Journal.Policy;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>What a run has done so far, and what that says of the rest. Guarded by its owner's lock.</summary>
internal sealed class RunTally(TimeProvider time, int degree)
{
    // The weight of the newest attempt in the running mean by which claims are sized.
    private const double Newest = 0.1;

    private readonly EtaAccumulator _eta = new();
    private EtaSample _history;
    private double _weightLeft;
    private long _began;
    private TimeSpan _idle;
    private double _quotaSeen;
    private long _quotaTasks;

    /// <summary>What the attempts of this run have charged that is not recorded yet.</summary>
    public UnrecordedQuota Unrecorded { get; } = new();

    public long Completed { get; private set; }

    public long Failed { get; private set; }

    public long Skipped { get; private set; }

    public long Retried { get; private set; }

    /// <summary>Attempts under way that a stop ended: their tasks wait again.</summary>
    public long GivenBack { get; set; }

    /// <summary>Whether an attempt has recorded a target id or an output.</summary>
    public bool HasResults { get; private set; }

    public long Ended => Completed + Failed + Skipped;

    /// <summary>How long an attempt takes, newer ones counting more; null before the first.</summary>
    public double? MeanSeconds { get; private set; }

    public double PerSecond => time.GetElapsedTime(_began).TotalSeconds is var seconds and > 0 ? Ended / seconds : 0;

    public void Begin(TaskCounts counts, BatchFigures before)
    {
        _history = EtaSample.Of(counts, before);
        _weightLeft = before.WeightLeft;
        _began = time.GetTimestamp();
    }

    /// <summary>There was nothing to do but wait: for a retry to fall due, for other workers.</summary>
    public void Idled(TimeSpan wait) => _idle += wait;

    /// <summary>An attempt has run.</summary>
    public void Ran(TimeSpan duration, double quota)
    {
        MeanSeconds = MeanSeconds is { } mean ? mean + Newest * (duration.TotalSeconds - mean) : duration.TotalSeconds;
        if (quota <= 0) return;
        _quotaSeen += quota;
        _quotaTasks++;
    }

    /// <summary>The end of an attempt is recorded.</summary>
    /// <param name="report">The end.</param>
    /// <param name="isEnding">Whether the run ends: then a task that goes back was stopped, and else it goes on in a smaller chunk.</param>
    public void Recorded(AttemptReport report, bool isEnding)
    {
        Unrecorded.Remove(report.Move.Report);
        if (report.Outcome is not MoveOutcome.Applied) return;
        var (move, weight) = (report.Move, report.Task.Task.Weight);
        HasResults |= move.Report.TargetId is not null || move.Report.Outputs is { Count: > 0 };
        switch (move.Kind)
        {
            case TaskMoveKind.Complete: Completed++; break;
            case TaskMoveKind.Fail: Failed++; break;
            case TaskMoveKind.Skip: Skipped++; break;
            case TaskMoveKind.Retry: Retried++; break;
            case TaskMoveKind.Release when isEnding: GivenBack++; break;
        }

        if (!move.Rule.Ends)
        {
            _eta.AddLost(move.Duration ?? TimeSpan.Zero);
            return;
        }

        _weightLeft -= weight;
        if (move.Kind is not TaskMoveKind.Skip) _eta.Add(weight, move.Duration ?? TimeSpan.Zero);
    }

    /// <summary>The pause where another task may not start, because the budget would not last for it; null when it may.</summary>
    /// <param name="state">The batch, as of the last commit.</param>
    /// <param name="options">Its policy.</param>
    /// <param name="running">Attempts under way, each of which will need its share.</param>
    /// <param name="now">The time.</param>
    public BatchMove? QuotaPause(BatchState state, BatchOptions options, int running, DateTimeOffset now)
    {
        // The mean of the tasks seen in this run, else of those of the batch.
        var perTask = _quotaTasks > 0 ? _quotaSeen / _quotaTasks : JournalBatch.PerTask(state.QuotaConsumed, state.QuotaCharges, state.Counts);
        var renewal = options.QuotaReset?.Next(state.QuotaSince ?? now);
        if (options.QuotaLimits is { } limits)
        {
            var use = state.QuotaUse ?? QuotaUse.None;
            return use.Room(limits, perTask, now) >= running + 1 ? null : BatchMove.Pause(Reason(use, limits, perTask, now), use.OpensAt(limits, perTask, renewal));
        }

        if (options.QuotaLimit is not { } limit) return null;
        var used = state.QuotaConsumed - state.QuotaBefore;
        if (used + perTask * (running + 1) <= limit) return null;
        var reason = JournalBatch.QuotaReason + FormattableString.Invariant($"{used:0.##} of {limit:0.##} units are used; the next task needs about {perTask:0.##}.");
        return BatchMove.Pause(reason, renewal);
    }

    // Who is closed by the other side may be open again, whatever the limit is.
    private static string Reason(QuotaUse use, IReadOnlyDictionary<string, double> limits, double perTask, DateTimeOffset now)
    {
        const int named = 5;
        var isClosed = limits.Keys.Any(project => use.ClosedUntil(project) > now);
        var projects = string.Join(", ", limits.Take(named).Select(project => use.ClosedUntil(project.Key) > now
            ? $"{project.Key} is closed by the other side" : FormattableString.Invariant($"{project.Key} {use.UsedBy(project.Key):0.##} of {project.Value:0.##}")));
        if (limits.Count > named) projects += $" and {limits.Count - named} more";
        return FormattableString.Invariant($"{(isClosed ? RetryPolicy.QuotaExhausted + ": " : JournalBatch.QuotaReason)}every project's units are used ({projects}); the next task needs about {perTask:0.##}.");
    }

    /// <summary>How far the run is.</summary>
    /// <param name="state">The batch.</param>
    /// <param name="hand">The tasks in hand.</param>
    /// <param name="isIdle">Whether there is nothing to do but wait.</param>
    /// <param name="now">The present, by the journal's clock.</param>
    public RunProgress Progress(BatchState state, TaskHand hand, bool isIdle, DateTimeOffset now)
    {
        var due = isIdle ? state.NextDue : null;
        var eta = Estimate(state, hand.Running, due is { } at ? at - now : TimeSpan.Zero);
        return new RunProgress(state, Ended, hand.Running, PerSecond, eta, due, isIdle && due is null && state.Counts.InProgress > 0, hand.Current);
    }

    private Eta Estimate(BatchState state, int running, TimeSpan wait) => EtaEstimator.Estimate(new EtaFacts(state.Counts.Open, Math.Max(0, _weightLeft))
    {
        Session = _eta.Sample,
        History = _history,
        Parallelism = degree,
        InFlight = running,
        ActiveTime = time.GetElapsedTime(_began) - _idle,
        Wait = wait,
    });
}
