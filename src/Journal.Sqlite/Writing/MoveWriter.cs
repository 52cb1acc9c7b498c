using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Applies moves: the fenced UPDATE, the attempt it ends, the event, and what it adds up to for the batch.</summary>
internal sealed class MoveWriter(WriteSession session)
{
    /// <summary>Applies one move.</summary>
    /// <param name="move">The move.</param>
    /// <param name="lease">How long a claim that goes on to the next stage lasts; null leaves the lease it has.</param>
    public MoveResult Apply(TaskMove move, TimeSpan? lease = null)
    {
        var keepsClaim = move.KeepsClaim && MayGoOn(move.TaskId);
        var changes = Changes.Of(session, move);
        foreach (var from in move.Rule.From)
        {
            // A lease only holds while the task is in progress; a refund's token names the attempt that it gives back, ended or not.
            if (move.Token is not null && from != JournalTaskStatus.InProgress && move.Kind != TaskMoveKind.Refund) continue;
            if (Apply(move, from, keepsClaim, lease, changes) is { } result) return result;
        }

        return WhyNot(move);
    }

    private MoveResult? Apply(TaskMove move, JournalTaskStatus from, bool keepsClaim, TimeSpan? lease, in Changes changes)
    {
        var rule = move.Rule;
        // Going on sets a new time of claim, so the old one is read before.
        var begun = keepsClaim && move.Duration is null ? session.Prepared(TaskStatements.ClaimedAt).Bind(1, move.TaskId).Scalar() : null;
        var duration = Micros.From(move.Duration) ?? (begun is { } time ? Math.Max(session.Now - time, 0) : null);
        var row = session.Prepared(MoveStatements.For(rule, from, keepsClaim))
            .Bind(1, move.TaskId).Bind(2, move.Token).Bind(3, session.Now)
            .Bind(4, move.NotBefore is { } due && due > session.Time ? Micros.From(due) : 0)
            .Bind(5, duration)
            .Bind(6, (long)(move.Error?.Category ?? JournalErrorCategory.None))
            .Bind(7, move.Kind == TaskMoveKind.Skip ? move.Reason : move.Error?.Message).Bind(8, move.Error?.Signature)
            .Bind(9, lease is { } length ? session.Now + Micros.From(length) : (long?)null)
            .Bind(10, move.Report.TargetId).Bind(11, move.Report.Quota).Bind(12, move.Report.QuotaProject)
            .Bind(13, changes.Outputs).Bind(14, changes.Metadata);
        if (!row.Step()) return null;
        var batchNumber = row.Integer(0);
        var stage = row.Integer(1);
        var token = row.Integer(2);
        var worker = row.IntegerOrNull(3);
        var claimedAt = row.IntegerOrNull(4);
        var project = row.Text(5);
        row.Reset();

        var batch = session.Batch(batchNumber);
        var stageBefore = move.Kind == TaskMoveKind.Advance ? stage - 1 : stage;
        if (from == JournalTaskStatus.InProgress && rule.Outcome is { } outcome)
        {
            var ran = duration ?? Math.Max(session.Now - claimedAt!.Value, 0);
            EndAttempt(move, outcome, batch.Number, stageBefore, keepsClaim ? token - 1 : token, worker, ran);
            if (outcome != JournalAttemptOutcome.Abandoned) batch.ActiveTime += ran;
        }

        session.Record(batch, move.TaskId, rule.Event, from, rule.To, stageBefore, move.Reason ?? move.Error?.Message);
        if (keepsClaim)
        {
            var claim = TaskLifecycle.Rule(TaskMoveKind.Claim);
            session.Record(batch, move.TaskId, claim.Event, rule.To, claim.To, stage, null);
        }
        else
        {
            batch.Counts = batch.Counts.Moved(from, rule.To);
        }

        Charge(batch, move.Report, project);
        KeepResult(move, batch, stageBefore);
        return new MoveResult(MoveOutcome.Applied, from, keepsClaim ? token : null);
    }

    // A batch that was paused or stopped meanwhile hands out nothing, not even the next stage of a task in hand.
    private bool MayGoOn(long task) =>
        session.Prepared(TaskStatements.BatchOfTask).Bind(1, task).Scalar() is { } batch && session.Batch(batch).MayClaim(session.Time);

    private void EndAttempt(TaskMove move, JournalAttemptOutcome outcome, long batch, long stage, long number, long? worker, long ran)
    {
        var message = move.Error?.Message ?? (outcome == JournalAttemptOutcome.Completed ? null : move.Reason);
        session.Prepared(HistoryStatements.InsertAttempt)
            .Bind(1, move.TaskId).Bind(2, number).Bind(3, batch).Bind(4, stage).Bind(5, worker).Bind(6, session.Now - ran).Bind(7, session.Now)
            .Bind(8, (long)outcome).Bind(9, (long)(move.Error?.Category ?? JournalErrorCategory.None)).Bind(10, message)
            .Bind(11, move.Error?.ErrorId).Bind(12, move.Error?.ScriptStackTrace).Execute();
    }

    private void Charge(BatchEntry batch, TaskReport report, string? project)
    {
        if (report.Quota == 0) return;
        batch.QuotaConsumed += report.Quota;
        session.Prepared(BatchStatements.ChargeQuota).Bind(1, batch.Number).Bind(2, project ?? "").Bind(3, report.Quota).Execute();
    }

    private void KeepResult(TaskMove move, BatchEntry batch, long stage)
    {
        if (move.Kind == TaskMoveKind.Requeue)
        {
            session.Prepared(TaskStatements.ForgetResults).Bind(1, move.TaskId).Execute();
        }
        else if (move.Report.Result is { } json && batch.StageCount > 0 && move.Kind is TaskMoveKind.Complete or TaskMoveKind.Advance)
        {
            session.Prepared(TaskStatements.WriteResult).Bind(1, move.TaskId).Bind(2, stage).Bind(3, json).Execute();
        }
    }

    private MoveResult WhyNot(TaskMove move)
    {
        var row = session.Prepared(TaskStatements.Fence).Bind(1, move.TaskId);
        if (!row.Step()) return new MoveResult(MoveOutcome.NotFound, null);
        var status = (JournalTaskStatus)row.Integer(0);
        var token = row.Integer(1);
        row.Reset();
        var lost = move.Token is { } held && (status != JournalTaskStatus.InProgress || token != held);
        return new MoveResult(lost ? MoveOutcome.LeaseLost : MoveOutcome.Illegal, status);
    }

    /// <summary>The lists and objects of a report laid over what the task has; null where it says nothing.</summary>
    private readonly record struct Changes(string? Outputs, string? Metadata)
    {
        public static Changes Of(WriteSession session, TaskMove move)
        {
            var report = move.Report;
            if (report.Outputs is not { Count: > 0 } && report.Metadata is not { Count: > 0 }) return default;
            var row = session.Prepared(TaskStatements.Texts).Bind(1, move.TaskId);
            if (!row.Step()) return default;
            var outputs = report.Outputs is { Count: > 0 } added
                ? JsonList.From(JsonList.Parse(row.Text(0)).Concat(added).Distinct(StringComparer.Ordinal)).ToString()
                : null;
            var metadata = report.Metadata is { Count: > 0 } laid ? JsonMap.Parse(row.Text(1)).With(laid).ToString() : null;
            row.Reset();
            return new Changes(outputs, metadata);
        }
    }
}
