using Journal.Lifecycle;
using Journal.Sqlite.Reading;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Makes a batch's move.</summary>
internal static class BatchMover
{
    /// <exception cref="JournalException">IllegalBatchMove.</exception>
    public static void Apply(WriteSession session, BatchEntry batch, BatchMove move)
    {
        var status = batch.Standing.Status;
        if (!BatchLifecycle.AllowsMoves(status)) throw JournalErrors.IllegalBatchMove(batch.Id, status, BatchLifecycle.Participle(move.Kind));
        if (move.Kind == BatchMoveKind.Cancel)
        {
            CancelTasks(session, batch, move.Reason ?? "");
            batch.Standing.Cancel(move.Reason, session.Now, session.RecorderOf(batch));
        }
        else
        {
            batch.Standing.Apply(move, session.Now, session.RecorderOf(batch));
            if (!move.LiftsHolds) return;
            batch.Standing.Pace = batch.Standing.Pace.Lifted(session.Now);
            batch.Standing.OpenProjects();
            batch.Changed = true;
            session.Keys.Renew(batch, lifts: true);
        }
    }

    private static void CancelTasks(WriteSession session, BatchEntry batch, string reason)
    {
        var open = new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.Pending, JournalTaskStatus.InProgress] };
        var writer = new MoveWriter(session);
        foreach (var id in TaskReader.Ids(session.Database, session.Catalog, open)) writer.Apply(TaskMove.Cancel(id, reason));
    }
}
