using Journal.Lifecycle;
using Journal.Policy.Classifying;

namespace Journal.Policy;

/// <summary>A move that a hand-written worker's report leads to, and what it does to the batch.</summary>
/// <param name="Move">The move of the task.</param>
/// <param name="Pause">A pause of the batch; null for none.</param>
public readonly record struct WorkerMove(TaskMove Move, BatchMove? Pause = null);

/// <summary>
/// What follows from the report of a hand-written worker (Complete-JournalTask, Set-JournalTask), by the same rules as for work that
/// the runner runs, except for the breaker: such a worker is a new call each time and has no streak.
/// </summary>
public static class WorkerMoves
{
    /// <summary>The work of the task's stage is done.</summary>
    public static WorkerMove Succeeded(JournalBatch batch, JournalTask task, long? token, TaskReport report) =>
        new(StageNaming.HasLater(batch, task.Stage)
            ? TaskMove.Advance(task.Id, token, report, duration: null, keepsClaim: false)
            : TaskMove.Complete(task.Id, token, report));

    /// <summary>The attempt failed: the batch's policy says whether it is tried again, given up, or waits with the whole batch.</summary>
    /// <param name="batch">The task's batch.</param>
    /// <param name="task">The task as it stands.</param>
    /// <param name="token">The lease.</param>
    /// <param name="facts">The error.</param>
    /// <param name="stackTrace">Where it arose.</param>
    /// <param name="category">The category the worker gives it; null leaves that to the classifier.</param>
    /// <param name="noRetry">Give it up whatever the policy says.</param>
    /// <param name="report">What the attempt reports.</param>
    /// <param name="now">The time of the failure.</param>
    /// <param name="jitter">A random number from 0 to 1, see <see cref="RetryPolicy.Backoff"/>.</param>
    public static WorkerMove Failed(
        JournalBatch batch, JournalTask task, long? token, ErrorFacts facts, string? stackTrace, JournalErrorCategory? category, bool noRetry, TaskReport report, DateTimeOffset now, double jitter)
    {
        var classification = ErrorClassifier.Classify(facts);
        if (category is { } given) classification = classification with { Category = given is JournalErrorCategory.None ? JournalErrorCategory.Unknown : given };
        var error = new TaskError(classification.Category, facts.Message, ErrorSignature.Of(facts.Message), facts.ErrorId, stackTrace);
        if (noRetry) return new WorkerMove(TaskMove.Fail(task.Id, token, error, report, reason: "The worker wants no retry."));
        var decision = RetryPolicy.Decide(batch.Options, task.Stage, task.Attempts, classification, now, jitter, task.Token);
        return decision.Action switch
        {
            RetryAction.Retry => new WorkerMove(TaskMove.Retry(task.Id, token, error, report, decision.NotBefore ?? now, null, decision.Reason)),
            RetryAction.HoldBack => new WorkerMove(TaskMove.Refund(task.Id, token, error, report, null, null, decision.Reason) with { HoldsBackUntil = decision.NotBefore }),
            RetryAction.Pause => new WorkerMove(TaskMove.Refund(task.Id, token, error, report, null, null, decision.Reason), BatchMove.Pause(decision.Reason, decision.PauseUntil)),
            _ => new WorkerMove(TaskMove.Fail(task.Id, token, error, report, reason: decision.Reason)),
        };
    }

    /// <summary>The task shall wait again: given back where it is in progress, requeued where it has ended.</summary>
    public static WorkerMove Returned(JournalTask task, long? token, string reason) =>
        new(task.Status is JournalTaskStatus.InProgress ? TaskMove.Release(task.Id, token, reason) : TaskMove.Requeue(task.Id, reason));
}
