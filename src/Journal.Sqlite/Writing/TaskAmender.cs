using Journal.Sqlite.Engine;
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
        var metadata = amendment.Metadata is { Count: > 0 } laid ? JsonMap.Parse(row.Text(8)).With(laid).ToString() : null;
        row.Reset();

        if (amendment.Token is { } held && (status != JournalTaskStatus.InProgress || token != held)) throw JournalErrors.LeaseLost(taskId, held);
        var newStage = amendment.Stage is { } name ? session.Facts(batch).RequireStage(name) : (int?)null;
        if (newStage is not null && status == JournalTaskStatus.InProgress) throw JournalErrors.IllegalMove(taskId, status, status, "set stage");

        // Progress and leases alone are no change of the task, and leave no event: a worker reports them all the time.
        var isChange = newStage is not null || amendment.Priority is not null || amendment.Weight is not null || metadata is not null;
        session.Prepared(TaskStatements.Amend)
            .Bind(1, taskId).Bind(2, amendment.Lease is { } lease ? session.Now + Micros.From(lease) : (long?)null).Bind(3, newStage)
            .Bind(4, amendment.Priority).Bind(5, amendment.Weight).Bind(6, metadata).Bind(7, amendment.Progress).Bind(8, amendment.ProgressText)
            .Bind(9, isChange ? session.Now : (long?)null).Execute();
        if (isChange) session.Record(batch, taskId, JournalEventKind.Amended, status, status, newStage ?? stage, amendment.Reason);
    }
}
