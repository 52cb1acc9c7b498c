namespace Journal.Lifecycle;

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
