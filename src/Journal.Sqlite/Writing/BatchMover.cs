using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Reading;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Makes a batch's move.</summary>
internal static class BatchMover
{
    /// <exception cref="JournalException">IllegalBatchMove.</exception>
    public static void Apply(WriteSession session, BatchEntry batch, BatchMove move)
    {
        if (!BatchLifecycle.AllowsMoves(batch.Status)) throw JournalErrors.IllegalBatchMove(batch.Id, batch.Status, BatchLifecycle.Participle(move.Kind));
        switch (move.Kind)
        {
            case BatchMoveKind.Pause:
                var from = batch.Status;
                session.Reach(batch, JournalBatchStatus.Paused);
                batch.PauseReason = move.Reason;
                batch.PausedUntil = move.Until is { } until ? Micros.From(until) : null;
                session.Record(batch, JournalEventKind.BatchPaused, from, JournalBatchStatus.Paused, move.Reason);
                break;
            case BatchMoveKind.Resume when batch.Status == JournalBatchStatus.Paused:
                session.LeavePause(batch, move.Reason);
                break;
            case BatchMoveKind.Cancel:
                Cancel(session, batch, move.Reason);
                break;
        }
    }

    private static void Cancel(WriteSession session, BatchEntry batch, string? reason)
    {
        var open = new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.Pending, JournalTaskStatus.InProgress] };
        var writer = new MoveWriter(session);
        foreach (var id in TaskReader.Ids(session.Database, session.Catalog, open)) writer.Apply(TaskMove.Cancel(id, reason ?? ""));
        session.Settle(batch, reason);
        if (batch.Status >= JournalBatchStatus.Completed) return;
        // A batch without tasks has none that were canceled.
        var from = batch.Status;
        session.Reach(batch, JournalBatchStatus.Canceled);
        session.Record(batch, JournalEventKind.BatchEnded, from, JournalBatchStatus.Canceled, reason);
    }
}
