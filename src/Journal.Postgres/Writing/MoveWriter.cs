using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Writing;

/// <summary>
/// Applies moves: the fenced UPDATEs, the attempts they end, their events, and what they add up to for the batches. The tasks are locked first, so
/// that it is known what each move meets; then all tasks that make the same move make it in one statement.
/// </summary>
/// <param name="session">The transaction.</param>
/// <param name="moves">The moves.</param>
/// <param name="holder">The worker whose leases the tokens are; null for anybody's.</param>
internal sealed class MoveWriter(WriteSession session, IReadOnlyList<TaskMove> moves, long? holder = null)
{
    private readonly Dictionary<long, TaskState> _tasks = [];
    private readonly List<AttemptRecord> _attempts = [];
    private readonly Dictionary<(TaskMoveKind, JournalTaskStatus, bool), List<MoveRecord>> _wave = [];
    private readonly List<ResultRecord> _results = [];
    private readonly List<(long Task, int Stage)> _forgotten = [];
    private readonly Dictionary<(long Task, string Target), (string Key, string? Other)> _targets = [];
    // Those of this transaction, which the server's answer could not know.
    private readonly Dictionary<(long Batch, string Target), (long Task, string Key)> _recorded = [];
    private int _waves = 1;

    /// <summary>Has the tasks locked, on the next trip.</summary>
    public void LockTasks(Pipeline pipeline)
    {
        if (moves.Count == 0) return;
        var changing = moves.Where(static move => move.Report.Outputs is { Count: > 0 } || move.Report.Metadata is { Count: > 0 });
        pipeline.Add(
            new Command(MoveStatements.Lock).With(moves.Select(static move => move.TaskId).Distinct()).With(changing.Select(static move => move.TaskId).Distinct()),
            row => _tasks[row.Integer(0)] = new TaskState(row));
        var targeted = moves.Where(static move => MoveEffects.Target(move) is not null).ToList();
        if (targeted.Count == 0) return;
        pipeline.Add(
            new Command(MoveStatements.TargetsOf).With(targeted.Select(static move => move.TaskId)).With(targeted.Select(static move => MoveEffects.Target(move))),
            row => _targets[(row.Integer(0), row.Text(1))] = (row.Text(2), row.TextOrNull(3)));
    }

    /// <summary>Makes the moves, in their order; they are sent on the next trip.</summary>
    /// <param name="lease">How long a claim that goes on to the next stage lasts; null leaves the lease it has.</param>
    public MoveResult[] Apply(TimeSpan? lease = null)
    {
        var results = new MoveResult[moves.Count];
        for (var i = 0; i < results.Length; i++) results[i] = Apply(moves[i], lease);
        SendWave(lease);
        WriteAttempts();
        return results;
    }

    private MoveResult Apply(TaskMove move, TimeSpan? lease)
    {
        if (!_tasks.TryGetValue(move.TaskId, out var task)) return new MoveResult(MoveOutcome.NotFound, null);
        var batch = session.Batch(task.Batch);
        var from = task.Status;
        var judged = MoveEffects.Judge(move, from, task.Token, isHolders: holder is null || task.Worker == holder, isLastStage: task.Stage + 1 >= batch.Facts.Stages.Count);
        if (judged != MoveOutcome.Applied) return new MoveResult(judged, from);

        var shared = MoveEffects.Target(move) is { } target ? SharerOf(target, task) : null;
        if (shared is not null && move.RefusesSharedTarget) return new MoveResult(MoveOutcome.TargetTaken, from, Shared: shared);

        // A batch that was paused or stopped meanwhile hands out nothing, not even the next stage of a task in hand.
        // With a rate the next stage is a start of its own.
        var keepsClaim = move.KeepsClaim && batch.AsRead.MayClaim(session.Now) && batch.Facts.Options.RateLimit is null && batch.AsRead.Pace.HoldUntil <= session.Now;
        var ran = MoveEffects.Ran(move, task.ClaimedAt, session.Now);
        if (task.Wave == _waves) SendWave(lease);
        task.Wave = _waves;
        Add(move, task, from, keepsClaim, ran);
        Follow(move, task, batch, from, keepsClaim, ran, shared);
        return new MoveResult(MoveOutcome.Applied, from, keepsClaim ? task.Token : null, shared);
    }

    private SharedTarget? SharerOf(string target, TaskState task)
    {
        var (key, other) = _targets[(task.Id, target)];
        if (!_recorded.TryAdd((task.Batch, target), (task.Id, key)) && _recorded[(task.Batch, target)] is var earlier && earlier.Task != task.Id) other ??= earlier.Key;
        return other is null ? null : new SharedTarget(target, key, other);
    }

    private void Add(TaskMove move, TaskState task, JournalTaskStatus from, bool keepsClaim, long ran)
    {
        var report = move.Report;
        var outputs = MoveEffects.Outputs(report, task.Outputs);
        var metadata = MoveEffects.Metadata(report.Metadata, task.Metadata);
        task.Outputs = outputs ?? task.Outputs;
        task.Metadata = metadata ?? task.Metadata;
        if (!_wave.TryGetValue((move.Kind, from, keepsClaim), out var records)) _wave.Add((move.Kind, from, keepsClaim), records = []);
        records.Add(new MoveRecord(move, task.Token, MoveEffects.NotBefore(move, session.Now), ran, MoveEffects.Message(move), outputs, metadata, (int)StageAfter(move, from, task.Stage)));
    }

    private void Follow(TaskMove move, TaskState task, BatchWork batch, JournalTaskStatus from, bool keepsClaim, long ran, SharedTarget? shared)
    {
        var rule = move.Rule;
        var stage = task.Stage;
        if (from == JournalTaskStatus.InProgress && rule.Outcome is { } outcome)
        {
            _attempts.Add(new AttemptRecord(task.Id, task.Token, batch.Number, stage, task.Worker, session.Now - ran, session.Now, outcome, move));
            if (outcome != JournalAttemptOutcome.Abandoned) batch.Ran(ran);
        }

        task.Stage = StageAfter(move, from, stage);
        task.Project = move.Report.QuotaProject ?? task.Project;
        session.Record(batch, task.Id, rule.Event, from, rule.To, stage, MoveEffects.Reason(move, shared));
        if (keepsClaim)
        {
            var claim = TaskLifecycle.Rule(TaskMoveKind.Claim);
            task.Token++;
            task.ClaimedAt = session.Now;
            session.Record(batch, task.Id, claim.Event, rule.To, claim.To, task.Stage, null);
        }
        else
        {
            task.Status = rule.To;
            batch.Move(from, rule.To);
        }

        FollowPace(move, task, batch, from);
        session.Charge(batch, move.Report, task.Project);
        if (move.ClosesProject is { } closed) batch.Charge(standing => standing.CloseProject(closed, move.ProjectClosedUntil));
        if (move.Kind == TaskMoveKind.Requeue) _forgotten.Add((task.Id, (int)task.Stage));
        else if (MoveEffects.Result(move) is { } json)
        {
            var report = move.Report;
            _results.Add(new ResultRecord(batch.Number, task.Id, stage, json, report.ResultItems, 0, session.Now, report.ResultAwaits, report.ResultAwaits ? session.Author : null));
        }
    }

    private void FollowPace(TaskMove move, TaskState task, BatchWork batch, JournalTaskStatus from)
    {
        var options = batch.Facts.Options;
        var key = options.LimitBy is null ? null : task.LimitKey;
        session.Keys.Touch(batch, key, reorders: move.Rule.To == JournalTaskStatus.Pending || from == JournalTaskStatus.Pending);
        var now = session.Now;
        if (MoveEffects.GivesStartBack(move, from))
        {
            if (key is { } known) session.Keys.GiveBack(batch, known, task.Cost);
            else if (options.RateLimit is { } limit) batch.SetPace(pace => pace.ByClock(now).GiveBack(limit, now, task.Cost));
        }

        if (move.HoldsBackUntil is not { } until) return;
        var reason = move.HoldReason ?? move.Error?.Message ?? move.Reason;
        if (key is { } held) session.Keys.Hold(batch, held, Micros.From(until), reason);
        else batch.SetPace(pace => pace.ByClock(now).Hold(options.RateLimit, now, Micros.From(until), reason));
    }

    private static long StageAfter(TaskMove move, JournalTaskStatus from, long stage) => move.Kind switch
    {
        TaskMoveKind.Advance => stage + 1,
        TaskMoveKind.Requeue => MoveEffects.RequeuedTo(move, from, stage),
        _ => stage,
    };

    // Sending ----------------------------------------------------------------------------------------------------

    private void SendWave(TimeSpan? lease)
    {
        var leaseUntil = lease is { } length ? session.Now + Micros.From(length) : (long?)null;
        foreach (var ((kind, from, keepsClaim), records) in _wave)
        {
            session.Pipeline.Add(new Command(MoveStatements.For(TaskLifecycle.Rule(kind), from, keepsClaim))
                .With(session.Now).With(leaseUntil)
                .With(records.Select(static record => record.Move.TaskId)).With(records.Select(static record => record.Token))
                .With(records.Select(static record => record.NotBefore)).With(records.Select(static record => record.Ran))
                .With(records.Select(static record => (int)(record.Move.Error?.Category ?? JournalErrorCategory.None)))
                .With(records.Select(static record => record.Message)).With(records.Select(static record => record.Move.Error?.Signature))
                .With(records.Select(static record => record.Move.Report.TargetId)).With(records.Select(static record => record.Move.Report.Quota))
                .With(records.Select(static record => record.Move.Report.QuotaProject))
                .With(records.Select(static record => record.Outputs)).With(records.Select(static record => record.Metadata)).With(records.Select(static record => record.Stage)));
        }

        if (_forgotten.Count > 0) session.Pipeline.Add(new Command(ResultStatements.Forget).With(_forgotten.Select(static of => of.Task)).With(_forgotten.Select(static of => of.Stage)));
        if (_results.Count > 0) session.Pipeline.Add(ResultRecord.Insert(_results));
        _wave.Clear();
        _forgotten.Clear();
        _results.Clear();
        _waves++;
    }

    private void WriteAttempts()
    {
        if (_attempts.Count == 0) return;
        session.Pipeline.Add(AttemptRecord.Insert(_attempts));
    }

    private readonly record struct MoveRecord(TaskMove Move, long Token, long NotBefore, long Ran, string? Message, string? Outputs, string? Metadata, int Stage);
}
