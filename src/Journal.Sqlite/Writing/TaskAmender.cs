using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Sets what is not a move.</summary>
internal static class TaskAmender
{
    /// <exception cref="JournalException">TaskNotFound, LeaseLost, StageNotFound, IllegalMove.</exception>
    public static void Apply(WriteSession session, long taskId, TaskAmendment amendment)
    {
        var row = session.Prepared(TaskStatements.Standing).Bind(1, taskId);
        if (!row.Step()) throw JournalErrors.TaskNotFound(taskId);
        var status = (JournalTaskStatus)row.Integer(0);
        var token = row.Integer(1);
        var batch = session.Batch(row.Integer(2));
        var stage = row.Integer(3);
        var (limitKey, notBefore) = (row.Text(9), row.Integer(11));
        var metadata = MoveEffects.Metadata(amendment.Metadata, row.Text(8));
        row.Reset();

        var newStage = AmendmentRules.RequireStage(amendment, taskId, status, token, session.Facts(batch));
        var isChange = AmendmentRules.IsChange(amendment);
        session.Prepared(TaskStatements.Amend)
            .Bind(1, taskId).Bind(2, amendment.Lease is { } lease ? session.Now + Micros.From(lease) : (long?)null).Bind(3, newStage)
            .Bind(4, amendment.Priority).Bind(5, amendment.Weight).Bind(6, metadata).Bind(7, amendment.Progress).Bind(8, amendment.ProgressText)
            .Bind(9, isChange ? session.Now : (long?)null).Bind(10, AmendmentRules.NotBefore(amendment, notBefore, session.Now)).Execute();
        if (isChange) session.Keys.Touch(batch, limitKey, reorders: true);
        if (isChange) session.Record(batch, taskId, JournalEventKind.Amended, status, status, newStage ?? stage, amendment.Reason);
    }
}
