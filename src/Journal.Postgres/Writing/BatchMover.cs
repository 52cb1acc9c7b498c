using Journal.Lifecycle;
using Journal.Postgres.Engine;

namespace Journal.Postgres.Writing;

/// <summary>Makes a batch's move.</summary>
internal static class BatchMover
{
    private const string OpenTasks = "SELECT id FROM task WHERE batch = $1 AND status IN (0, 1) ORDER BY id";

    /// <exception cref="JournalException">IllegalBatchMove.</exception>
    public static void Apply(WriteSession session, BatchWork batch, BatchMove move)
    {
        // Nobody else is in the batch, so that the asRead is the truth.
        var status = batch.AsRead.Status;
        if (!BatchLifecycle.AllowsMoves(status)) throw JournalErrors.IllegalBatchMove(batch.Facts.Id, status, BatchLifecycle.Participle(move.Kind));
        var now = session.Now;
        if (move.Kind == BatchMoveKind.Cancel)
        {
            CancelTasks(session, batch, move.Reason ?? "");
            batch.Order((standing, record) => standing.Cancel(move.Reason, now, record));
        }
        else if (move.Kind == BatchMoveKind.Pause || status == JournalBatchStatus.Paused)
        {
            batch.Order((standing, record) => standing.Apply(move, now, record));
        }

        if (!move.LiftsHolds) return;
        batch.SetPace(pace => pace.Lifted(now));
        batch.Order(static (standing, _) => standing.OpenProjects());
        if (batch.Facts.Options.LimitBy is not null) session.Keys.Renew(batch, lifts: true);
    }

    private static void CancelTasks(WriteSession session, BatchWork batch, string reason)
    {
        var moves = new List<TaskMove>();
        session.Pipeline.Add(new Command(OpenTasks).With(batch.Number), row => moves.Add(TaskMove.Cancel(row.Integer(0), reason))).Send();
        var writer = new MoveWriter(session, moves);
        writer.LockTasks(session.Pipeline);
        session.Pipeline.Send();
        writer.Apply();
    }
}
