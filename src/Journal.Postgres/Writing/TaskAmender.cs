using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Writing;

/// <summary>Sets what is not a move.</summary>
internal static class TaskAmender
{
    /// <exception cref="JournalException">TaskNotFound, LeaseLost, StageNotFound, IllegalMove.</exception>
    public static void Apply(WriteSession session, long taskId, TaskAmendment amendment)
    {
        long? number = null;
        session.Pipeline.Add(new Command(TaskStatements.BatchesOfTasks).With([taskId]), row => number = row.Integer(0)).Send();
        if (number is not { } known) throw JournalErrors.TaskNotFound(taskId);
        JournalTaskStatus? found = null;
        long token = 0, stage = 0;
        string? was = null;
        Guid? limitKey = null;
        long notBefore = 0;
        session.Enter([known], BatchHold.Shared, pipeline => pipeline.Add(new Command(TaskStatements.LockStanding).With(taskId), row =>
        {
            found = (JournalTaskStatus)row.Integer(0);
            token = row.Integer(1);
            stage = row.Integer(2);
            was = row.TextOrNull(3);
            limitKey = row.DigestOrNull(4);
            notBefore = row.Integer(5);
        }));
        if (found is not { } status) throw JournalErrors.TaskNotFound(taskId);
        var batch = session.Batch(known);
        var newStage = AmendmentRules.RequireStage(amendment, taskId, status, token, batch.Facts);
        var metadata = MoveEffects.Metadata(amendment.Metadata, was);
        var isChange = AmendmentRules.IsChange(amendment);
        session.Pipeline.Add(new Command(TaskStatements.Amend)
            .With(taskId).With(amendment.Lease is { } lease ? session.Now + Micros.From(lease) : (long?)null).With(newStage)
            .With(amendment.Priority).With(amendment.Weight).With(metadata).With(amendment.Progress).With(amendment.ProgressText)
            .With(isChange ? session.Now : (long?)null).With(AmendmentRules.NotBefore(amendment, notBefore, session.Now)));
        if (isChange) session.Keys.Touch(batch, limitKey, reorders: true);
        if (isChange) session.Record(batch, taskId, JournalEventKind.Amended, status, status, newStage ?? stage, amendment.Reason);
    }
}
