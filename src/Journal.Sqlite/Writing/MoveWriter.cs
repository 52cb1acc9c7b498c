using Journal.Lifecycle;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Applies moves: the fenced UPDATE, the attempt it ends, the event, and what it adds up to for the batch.</summary>
/// <param name="session">The transaction.</param>
/// <param name="holder">The worker whose leases the tokens are; null for anybody's.</param>
internal sealed class MoveWriter(WriteSession session, long? holder = null)
{
    /// <summary>Applies one move.</summary>
    /// <param name="move">The move.</param>
    /// <param name="lease">How long a claim that goes on to the next stage lasts; null leaves the lease it has.</param>
    public MoveResult Apply(TaskMove move, TimeSpan? lease = null)
    {
        if (Standing.Read(session, move) is not { } task) return new MoveResult(MoveOutcome.NotFound, null);
        var rule = move.Rule;
        var batch = session.Batch(task.Batch);
        var judged = MoveEffects.Judge(move, task.Status, task.Token, isHolders: holder is null || task.Worker == holder, isLastStage: task.Stage + 1 >= batch.StageCount);
        if (judged != MoveOutcome.Applied) return new MoveResult(judged, task.Status);

        var shared = MoveEffects.Target(move) is { } target ? SharerOf(target, move.TaskId, task.Batch) : null;
        if (shared is not null && move.RefusesSharedTarget) return new MoveResult(MoveOutcome.TargetTaken, task.Status, Shared: shared);

        // A batch that was paused or stopped meanwhile hands out nothing, not even the next stage of a task in hand.
        // With a rate the next stage is a start of its own.
        var options = session.Facts(batch).Options;
        var keepsClaim = move.KeepsClaim && batch.Standing.MayClaim(session.Now) && options.RateLimit is null && batch.Standing.Pace.HoldUntil <= session.Now;
        var ran = MoveEffects.Ran(move, task.ClaimedAt, session.Now);
        Update(move, task, keepsClaim, ran, lease);

        if (task.Status == JournalTaskStatus.InProgress && rule.Outcome is { } outcome)
        {
            EndAttempt(move, task, outcome, ran);
            if (outcome != JournalAttemptOutcome.Abandoned) batch.Standing.ActiveTime += ran;
        }

        var told = session.Record(batch, move.TaskId, rule.Event, task.Status, rule.To, task.Stage, MoveEffects.Reason(move, shared));
        if (keepsClaim)
        {
            var claim = TaskLifecycle.Rule(TaskMoveKind.Claim);
            session.Record(batch, move.TaskId, claim.Event, rule.To, claim.To, task.Stage + 1, null);
        }
        else
        {
            batch.Standing.Counts = batch.Standing.Counts.Moved(task.Status, rule.To);
        }

        FollowPace(move, batch, task, options);
        session.Charge(batch, move.Report, task.QuotaProject, options);
        if (move.ClosesProject is { } closed) batch.Standing.CloseProject(closed, move.ProjectClosedUntil);
        KeepResult(move, batch, task, told);
        return new MoveResult(MoveOutcome.Applied, task.Status, keepsClaim ? task.Token + 1 : null, shared);
    }

    private SharedTarget? SharerOf(string target, long task, long batch)
    {
        var other = session.Prepared(TaskStatements.OtherWithTarget).Bind(1, batch).Bind(2, target).Bind(3, task);
        if (!other.Step()) return null;
        var otherKey = other.Text(0)!;
        other.Reset();
        var own = session.Prepared(TaskStatements.KeyOfTask).Bind(1, task);
        own.Step();
        var shared = new SharedTarget(target, own.Text(0)!, otherKey);
        own.Reset();
        return shared;
    }

    private void FollowPace(TaskMove move, BatchEntry batch, Standing task, BatchOptions options)
    {
        var byKey = options.LimitBy is not null && task.LimitKey is not null;
        if (MoveEffects.GivesStartBack(move, task.Status))
        {
            if (byKey) session.Keys.GiveBack(batch, task.LimitKey!, task.Cost);
            else if (options.RateLimit is not null) batch.Standing.Pace = batch.Standing.Pace.ByClock(session.Now).GiveBack(options.RateLimit, session.Now, task.Cost);
        }

        if (move.HoldsBackUntil is { } until)
        {
            var reason = move.HoldReason ?? move.Error?.Message ?? move.Reason;
            if (byKey) session.Keys.Hold(batch, task.LimitKey!, Micros.From(until), reason);
            else batch.Standing.Pace = batch.Standing.Pace.ByClock(session.Now).Hold(options.RateLimit, session.Now, Micros.From(until), reason);
        }

        if (byKey) session.Keys.Touch(batch, task.LimitKey, reorders: move.Rule.To == JournalTaskStatus.Pending || task.Status == JournalTaskStatus.Pending);
    }

    private void Update(TaskMove move, Standing task, bool keepsClaim, long ran, TimeSpan? lease)
    {
        var update = session.Prepared(MoveStatements.For(move.Rule, task.Status, keepsClaim))
            .Bind(1, move.TaskId).Bind(2, move.Token).Bind(3, session.Now)
            .Bind(4, MoveEffects.NotBefore(move, session.Now))
            .Bind(5, ran)
            .Bind(6, (long)(move.Error?.Category ?? JournalErrorCategory.None))
            .Bind(7, MoveEffects.Message(move)).Bind(8, move.Error?.Signature)
            .Bind(9, lease is { } length ? session.Now + Micros.From(length) : (long?)null)
            .Bind(10, move.Report.TargetId).Bind(11, move.Report.Quota).Bind(12, move.Report.QuotaProject)
            .Bind(13, task.Outputs).Bind(14, task.Metadata);
        if (move.Kind == TaskMoveKind.Requeue) update.Bind(15, MoveEffects.RequeuedTo(move, task.Status, task.Stage));
        update.Execute();
    }

    private void EndAttempt(TaskMove move, Standing task, JournalAttemptOutcome outcome, long ran)
    {
        session.Prepared(HistoryStatements.InsertAttempt)
            .Bind(1, move.TaskId).Bind(2, task.Token).Bind(3, task.Batch).Bind(4, task.Stage).Bind(5, task.Worker)
            .Bind(6, session.Now - ran).Bind(7, session.Now)
            .Bind(8, (long)outcome).Bind(9, (long)(move.Error?.Category ?? JournalErrorCategory.None)).Bind(10, MoveEffects.AttemptMessage(move, outcome))
            .Bind(11, move.Error?.ErrorId).Bind(12, move.Error?.ScriptStackTrace).Bind(13, move.Report.Log).Execute();
    }

    private void KeepResult(TaskMove move, BatchEntry batch, Standing task, long order)
    {
        if (move.Kind == TaskMoveKind.Requeue)
        {
            session.Prepared(ResultStatements.Forget).Bind(1, move.TaskId).Bind(2, MoveEffects.RequeuedTo(move, task.Status, task.Stage)).Execute();
        }
        else if (MoveEffects.Result(move) is { } json)
        {
            var awaits = move.Report.ResultAwaits;
            session.Prepared(ResultStatements.Write)
                .Bind(1, move.TaskId).Bind(2, task.Stage).Bind(3, json).Bind(4, batch.Number).Bind(5, order).Bind(6, move.Report.ResultItems).Bind(7, 0)
                .Bind(8, session.Now).Bind(9, awaits ? 1 : 0).Bind(10, awaits ? session.Author : null).Execute();
        }
    }

    /// <summary>A task before its move, with the lists and objects of the report already laid over what it has; null where it says nothing.</summary>
    private readonly record struct Standing(
        JournalTaskStatus Status, long Token, long Batch, long Stage, long? Worker, long? ClaimedAt, string? QuotaProject, string? LimitKey, double Cost, string? Outputs,
        string? Metadata)
    {
        public static Standing? Read(WriteSession session, TaskMove move)
        {
            var row = session.Prepared(TaskStatements.Standing).Bind(1, move.TaskId);
            if (!row.Step()) return null;
            var standing = new Standing(
                (JournalTaskStatus)row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3), row.IntegerOrNull(4), row.IntegerOrNull(5), row.Text(6), row.Text(9), row.Real(10),
                move.Report.Outputs is null ? null : MoveEffects.Outputs(move.Report, row.Text(7)),
                move.Report.Metadata is null ? null : MoveEffects.Metadata(move.Report.Metadata, row.Text(8)));
            row.Reset();
            return standing;
        }
    }
}
