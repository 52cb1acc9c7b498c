using Journal.Lifecycle;
using Journal.Policy;

namespace Journal.Runs;

/// <summary>What follows from an attempt: the move of its task, and perhaps the end of the run.</summary>
/// <param name="Move">The move to record.</param>
/// <param name="Decision">What the policy said about an error.</param>
/// <param name="Refunds">Earlier failures that are given back, one entry for each.</param>
/// <param name="Pause">A pause of the batch.</param>
/// <param name="FailureLimit">Why the run ends by its own limit of failures.</param>
public sealed record Verdict(TaskMove Move, RetryDecision? Decision = null, IReadOnlyList<FailedAttempt>? Refunds = null, BatchMove? Pause = null, string? FailureLimit = null)
{
    // Of a batch that limits by keys the store alone knows what a hold is of; there nothing is claimed ahead.
    internal bool Holds(BatchOptions options) => Move.HoldsBackUntil is not null && options.LimitBy is null;

    /// <summary>The moves that give back the earlier failures.</summary>
    /// <param name="leases">The newest lease of each task that is at hand and does not run.</param>
    /// <remarks>A refund names the latest attempt of its task, which may be one that was claimed again and has just gone back; a task that runs is left alone.</remarks>
    internal IEnumerable<TaskMove> ToRefunds(Dictionary<long, long> leases)
    {
        var failures = Refunds ?? [];
        var latest = failures.Append(new FailedAttempt(Move.TaskId, Move.Token ?? 0)).GroupBy(static failure => failure.TaskId)
            .ToDictionary(static of => of.Key, static of => of.Max(static failure => failure.Token));
        return failures.Select(failure => TaskMove.Refund(
            failure.TaskId, leases.GetValueOrDefault(failure.TaskId, latest[failure.TaskId]), null, TaskReport.Nothing, null, null, AttemptJudge.BreakerReason));
    }
}

/// <summary>Turns the results of attempts into moves, by the batch's policy. It remembers the streak of failures and the failures of the run; not thread-safe.</summary>
public sealed class AttemptJudge
{
    // A percentage of very few tasks says nothing.
    private const int FewestForPercent = 20;

    /// <summary>Why the breaker gives attempts back.</summary>
    internal const string BreakerReason = "The breaker tripped: the cause lies outside the task.";

    private RunRequest _request;
    private CircuitBreaker _breaker;
    private readonly Random _random;
    private int _threshold;
    private long _ended;
    private long _failed;

    /// <summary>A judge for one run.</summary>
    /// <param name="request">What is run.</param>
    /// <param name="random">Spreads the retries.</param>
    public AttemptJudge(RunRequest request, Random random)
    {
        _request = request;
        _random = random;
        _threshold = Threshold(request);
        _breaker = new CircuitBreaker(_threshold);
    }

    /// <summary>Goes by another policy from now on. With another threshold the row of failures is counted anew.</summary>
    internal void GoBy(RunRequest request)
    {
        _request = request;
        if (Threshold(request) == _threshold) return;
        _threshold = Threshold(request);
        _breaker = new CircuitBreaker(_threshold);
    }

    private static int Threshold(RunRequest request) => request.FailureThreshold ?? request.Batch.Options.FailureThreshold;

    /// <summary>The breaker's threshold, where failures in a row may be part of a longer row, of several workers; null where nothing is suspected.</summary>
    /// <remarks>The journal knows tasks and not calls: where a call has many tasks, as many times more of them are a streak.</remarks>
    internal int? Suspicion => _breaker.IsSuspicious ? (int)Math.Min(int.MaxValue, (long)_threshold * (_request.ChunkSize ?? 1)) : null;

    /// <summary>
    /// Whether an error of a call for several tasks is not of one of them, but of the other side or the way to it. A network error is, as long as each
    /// of them has a retry left; then it is looked for, because some servers answer so to a bad input.
    /// </summary>
    internal bool IsOfWholeChunk(IReadOnlyList<RunningTask> chunk, AttemptResult result) => result.IsOfWholeChunk || ErrorClassifier.Classify(result.Error!).Category switch
    {
        JournalErrorCategory.QuotaExceeded or JournalErrorCategory.RateLimited => true,
        JournalErrorCategory.NetworkError => chunk.All(task => task.Attempt <= _request.Batch.Options.RetriesFor(task.Stage)),
        _ => false,
    };

    /// <summary>What follows from an attempt.</summary>
    /// <param name="task">The live task.</param>
    /// <param name="result">How the attempt went.</param>
    /// <param name="duration">How long it ran.</param>
    /// <param name="now">The present.</param>
    public Verdict Judge(RunningTask task, AttemptResult result, TimeSpan duration, DateTimeOffset now)
    {
        var verdict = JudgeResult(task, result, duration, now);
        if (task.KeyHold is not { } hold || hold.Until <= verdict.Move.HoldsBackUntil) return verdict;
        return verdict with { Move = verdict.Move with { HoldsBackUntil = hold.Until, HoldReason = hold.Reason } };
    }

    private Verdict JudgeResult(RunningTask task, AttemptResult result, TimeSpan duration, DateTimeOffset now)
    {
        var report = task.ToReport(result);
        switch (result.End)
        {
            case AttemptEnd.Stopped:
                return new Verdict(TaskMove.Release(task.Id, task.Task.Token, "The run was stopped.", report, duration));
            case AttemptEnd.Succeeded:
                _breaker.Succeeded();
                if (task.Postponement is var (until, why)) return new Verdict(TaskMove.Postpone(task.Id, task.Task.Token, until, report, duration, why));
                if (task.SkipReason is { } reason)
                {
                    _ended++;
                    return new Verdict(TaskMove.Skip(task.Id, task.Task.Token, reason, report, duration));
                }

                if (task.WasThere)
                {
                    _ended++;
                    return new Verdict(TaskMove.Complete(task.Id, task.Task.Token, report, duration, "Its result was there already; it was not run."));
                }

                if (task.HasLaterStage) return new Verdict(TaskMove.Advance(task.Id, task.Task.Token, report, duration, keepsClaim: _request.Stage is null));
                _ended++;
                return new Verdict(TaskMove.Complete(task.Id, task.Task.Token, report, duration));
            default:
                return JudgeError(task, result, report, duration, now);
        }
    }

    private Verdict JudgeError(RunningTask task, AttemptResult result, TaskReport report, TimeSpan duration, DateTimeOffset now)
    {
        var facts = result.Error!;
        var classification = ErrorClassifier.Classify(facts);
        var category = classification.Category is JournalErrorCategory.None ? JournalErrorCategory.Unknown : classification.Category;
        var error = new TaskError(category, facts.Message, ErrorSignature.Of(facts.Kind ?? facts.Message), facts.ErrorId, result.ScriptStackTrace);
        var decision = RetryPolicy.Decide(_request.Batch.Options, task.Stage, task.Attempt, classification, now, _random.NextDouble(), task.Task.Token);
        if (decision.Action is RetryAction.Pause)
        {
            if (task.ProjectToClose(_request.Batch.Options.QuotaLimits) is { } project)
            {
                // Of the other projects there may be some left.
                var closing = TaskMove.Refund(task.Id, task.Task.Token, error, report, null, duration, $"{decision.Reason} ({project})");
                return new Verdict(closing with { ClosesProject = project, ProjectClosedUntil = decision.PauseUntil }, decision);
            }

            var refund = TaskMove.Refund(task.Id, task.Task.Token, error, report, null, duration, decision.Reason);
            return new Verdict(refund, decision, Pause: BatchMove.Pause(PauseReason(decision.Reason, error.Message), decision.PauseUntil));
        }

        if (decision.Action is RetryAction.HoldBack)
        {
            var refund = TaskMove.Refund(task.Id, task.Task.Token, error, report, null, duration, decision.Reason);
            return new Verdict(refund with { HoldsBackUntil = decision.NotBefore, HoldReason = error.Message }, decision);
        }

        // Who is asked to slow down, and waits, has no cause to find.
        var isPaced = category is JournalErrorCategory.RateLimited && decision.Action is RetryAction.Retry;
        if (!isPaced && _breaker.Failed(new FailedAttempt(task.Id, task.Task.Token), error.Signature, !result.IsEcho)) return Trip(task, error, report, duration, decision);
        if (decision.Action is RetryAction.Retry)
        {
            return new Verdict(TaskMove.Retry(task.Id, task.Task.Token, error, report, decision.NotBefore ?? now, duration, decision.Reason), decision);
        }

        _ended++;
        _failed++;
        return new Verdict(TaskMove.Fail(task.Id, task.Task.Token, error, report, duration, decision.Reason), decision, FailureLimit: LimitReached());
    }

    private Verdict Trip(RunningTask task, TaskError error, TaskReport report, TimeSpan duration, RetryDecision decision)
    {
        var streak = _breaker.Streak;
        var reason = TripReason(_breaker.Tasks, _breaker.IsOfOneSignature, error.Message);
        // Every failure of the streak but the last, which is this attempt's own move.
        var refunds = streak.Take(streak.Count - 1).ToList();
        _breaker.Reset();
        var move = TaskMove.Refund(task.Id, task.Task.Token, error, report, null, duration, BreakerReason);
        return new Verdict(move, decision, refunds, BatchMove.Pause(reason));
    }

    // With what the other side said: which project, which limit.
    private static string PauseReason(string reason, string message) => ErrorSignature.Headline(message) is { Length: > 0 } said ? $"{reason}: {said}" : reason;

    /// <summary>Why a batch is paused when the breaker trips.</summary>
    internal static string TripReason(int tasks, bool alike, string? message) =>
        alike ? $"{Amount.Of(tasks, "task")} in a row failed with the same error: {message}" : $"{Amount.Of(tasks, "task")} in a row failed, the last one with: {message}";

    private string? LimitReached()
    {
        if (_request.MaxFailures is { } most && _failed >= most) return $"{Amount.Of(_failed, "task")} failed; -MaxFailures is {most}.";
        if (_request.MaxFailurePercent is { } percent && _ended >= FewestForPercent && 100.0 * _failed / _ended >= percent)
        {
            return $"{_failed} of {_ended} tasks failed; -MaxFailurePercent is {percent}.";
        }

        return null;
    }
}
