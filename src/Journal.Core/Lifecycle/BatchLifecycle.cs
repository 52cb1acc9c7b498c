namespace Journal.Lifecycle;

/// <summary>An operator's or a runner's move of a whole batch.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Reason">Why, for the audit trail and the views.</param>
/// <param name="Until">When a pause ends by itself; the end of time for one that holds until it is resumed.</param>
public sealed record BatchMove(BatchMoveKind Kind, string? Reason, DateTimeOffset? Until)
{
    /// <summary>With Resume: whether what holds tasks back because the other side asked for it is lifted, too.</summary>
    public bool LiftsHolds { get; init; }

    /// <summary>No task is handed out until it is resumed, or until a time.</summary>
    public static BatchMove Pause(string reason, DateTimeOffset? until = null) => new(BatchMoveKind.Pause, reason, until);

    /// <summary>An operator's pause: it holds against every run until it is resumed.</summary>
    public static BatchMove Hold(string reason) => new(BatchMoveKind.Pause, reason, DateTimeOffset.MaxValue);

    /// <summary>The pause is over.</summary>
    public static BatchMove Resume(string reason) => new(BatchMoveKind.Resume, reason, null);

    /// <summary>What is left is withdrawn; the store cancels the open tasks in the same transaction.</summary>
    public static BatchMove Cancel(string reason) => new(BatchMoveKind.Cancel, reason, null);
}

/// <summary>The moves of a batch that somebody orders; all others follow from its tasks.</summary>
public enum BatchMoveKind
{
    /// <summary>To Paused.</summary>
    Pause,

    /// <summary>Out of Paused.</summary>
    Resume,

    /// <summary>To Canceled, or to what its ended tasks make it.</summary>
    Cancel,
}

/// <summary>How the status of a batch follows from orders and from its tasks. Pure: a store asks and writes the answer.</summary>
public static class BatchLifecycle
{
    /// <summary>The status after something happened to the batch's tasks.</summary>
    /// <param name="current">What it was.</param>
    /// <param name="counts">Its tasks now.</param>
    /// <param name="started">Whether a task of it was ever claimed.</param>
    public static JournalBatchStatus Settle(JournalBatchStatus current, TaskCounts counts, bool started)
    {
        // There are no tasks to tell by: what was ordered stays.
        if (counts.Total == 0 && current is JournalBatchStatus.Canceled) return current;
        if (counts.Open > 0 || counts.Total == 0)
        {
            return current is JournalBatchStatus.Paused ? JournalBatchStatus.Paused : started ? JournalBatchStatus.Running : JournalBatchStatus.Ready;
        }

        return counts.Failed > 0 ? JournalBatchStatus.Failed : counts.Canceled > 0 ? JournalBatchStatus.Canceled : JournalBatchStatus.Completed;
    }

    /// <summary>Whether tasks may be handed out. A pause whose time is over does not hold any more.</summary>
    public static bool MayClaim(JournalBatchStatus status, DateTimeOffset? pausedUntil, DateTimeOffset now) =>
        status is JournalBatchStatus.Ready or JournalBatchStatus.Running || (status is JournalBatchStatus.Paused && PauseIsOver(pausedUntil, now));

    /// <summary>Whether a pause has ended by itself.</summary>
    public static bool PauseIsOver(DateTimeOffset? pausedUntil, DateTimeOffset now) => pausedUntil is { } until && until <= now;

    /// <summary>Whether a batch may be paused, resumed or stopped: as long as it has not ended. An order that is fulfilled already changes nothing but its reason.</summary>
    public static bool AllowsMoves(JournalBatchStatus status) => !status.HasEnded();

    /// <summary>What an illegal move would have made of the batch, for the error's text.</summary>
    public static string Participle(BatchMoveKind move) => move switch
    {
        BatchMoveKind.Pause => "paused",
        BatchMoveKind.Resume => "resumed",
        _ => "stopped",
    };
}

/// <summary>What resuming a batch means, by where it stands.</summary>
/// <param name="RequeuesFailed">Its failed tasks get another try.</param>
/// <param name="Reopens">It has ended; putting its failed tasks back opens it again.</param>
public readonly record struct ResumePlan(bool RequeuesFailed, bool Reopens)
{
    /// <summary>The plan for a batch.</summary>
    /// <param name="batch">As it stands.</param>
    /// <param name="skipFailed">Leave failed tasks alone.</param>
    /// <exception cref="JournalException">NothingToResume, when all of it is done, or only failed tasks are left and they are to be left alone; IllegalBatchMove, when it was stopped.</exception>
    public static ResumePlan For(JournalBatch batch, bool skipFailed)
    {
        if (batch.IsIncomplete) return new ResumePlan(batch.Failed > 0 && !skipFailed, Reopens: false);
        return batch.Status switch
        {
            JournalBatchStatus.Failed when !skipFailed => new ResumePlan(RequeuesFailed: true, Reopens: true),
            JournalBatchStatus.Failed => throw JournalErrors.NothingToResume(batch.Name, $"batch '{batch.Id}' has ended, and {Amount.Of(batch.Failed, "failed task")} of it {(batch.Failed == 1 ? "is" : "are")} to be left alone."),
            JournalBatchStatus.Completed => throw JournalErrors.NothingToResume(batch.Name, $"batch '{batch.Id}' is done: {Amount.Of(batch.Total, "task")}."),
            _ => throw JournalErrors.IllegalBatchMove(batch.Id, batch.Status, BatchLifecycle.Participle(BatchMoveKind.Resume)),
        };
    }
}
