using Journal.Lifecycle;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Hands out tasks.</summary>
internal static class Claims
{
    /// <summary>Claims what a request asks for, if its batch hands out anything.</summary>
    public static List<JournalTask> Take(WriteSession session, BatchEntry batch, ExchangeRequest request)
    {
        var claimed = new List<JournalTask>();
        if (request.Claim <= 0) return claimed;
        var facts = session.Facts(batch);
        var stage = request.Stage is { } name ? facts.RequireStage(name) : (int?)null;
        CorrectPause(session, batch);
        if (!batch.Standing.MayClaim(session.Now)) return claimed;
        var record = session.RecorderOf(batch);
        batch.Standing.LiftPause(session.Now, record);
        session.Prepared(TaskStatements.PromoteDue).Bind(1, batch.Number).Bind(2, session.Now).Execute();

        var candidates = request.Only is { } only ? Named(session, batch, only, stage, request.Claim) : Next(session, batch, stage, request.Claim);
        var count = ClaimRules.Take(candidates.ConvertAll(static candidate => candidate.Crashes));
        if (count == 0) return claimed;

        batch.Standing.Start(session.Now, record);
        var leaseUntil = session.Now + Micros.From(request.Lease);
        var rule = TaskLifecycle.Rule(TaskMoveKind.Claim);
        foreach (var (id, _) in candidates[..count])
        {
            session.Prepared(TaskStatements.Claim).Bind(1, id).Bind(2, session.Author).Bind(3, session.Now).Bind(4, leaseUntil).Execute();
            var row = session.Prepared(TaskStatements.ById).Bind(1, id);
            row.Step();
            var task = TaskReader.Read(row, facts, session.Catalog, session.Database);
            var stageNow = row.Integer(StoredTask.StageColumn);
            row.Reset();
            session.Record(batch, id, rule.Event, JournalTaskStatus.Pending, rule.To, stageNow, null);
            batch.Standing.Counts = batch.Standing.Counts.Moved(JournalTaskStatus.Pending, rule.To);
            claimed.Add(task);
        }

        return claimed;
    }

    /// <summary>When the next task that waits may be claimed.</summary>
    public static DateTimeOffset? NextDue(WriteSession session, BatchEntry batch)
    {
        if (ReadNextDue(session, batch) is not var (due, given)) return null;
        if (given > session.Now)
        {
            session.Prepared(TaskStatements.CorrectDue).Bind(1, batch.Number).Bind(2, session.Now).Execute();
            (due, _) = ReadNextDue(session, batch)!.Value;
        }

        return Micros.ToTime(due);
    }

    private static (long Due, long Given)? ReadNextDue(WriteSession session, BatchEntry batch)
    {
        var row = session.Prepared(TaskStatements.NextDue).Bind(1, batch.Number);
        (long, long)? found = row.Step() ? (row.Integer(0), row.Integer(1)) : null;
        row.Reset();
        return found;
    }

    // The same for a pause: one that was ordered in what is still the future was ordered by a clock that was ahead.
    private static void CorrectPause(WriteSession session, BatchEntry batch)
    {
        if (batch.Standing.PausedUntil is not { } until || until <= session.Now) return;
        var ahead = session.Prepared(BatchStatements.UpdatedAt).Bind(1, batch.Number).RequiredScalar() - session.Now;
        if (ahead <= 0) return;
        batch.Standing.EndPauseSooner(ahead);
        batch.Changed = true;
    }

    private static List<(long Id, int Crashes)> Next(WriteSession session, BatchEntry batch, int? stage, int count)
    {
        var rows = stage is { } index
            ? session.Prepared(TaskStatements.ReadyInStage).Bind(3, index)
            : session.Prepared(TaskStatements.Ready);
        rows.Bind(1, batch.Number).Bind(2, count);
        var found = new List<(long, int)>();
        while (rows.Step()) found.Add((rows.Integer(0), (int)rows.Integer(1)));
        return found;
    }

    private static List<(long Id, int Crashes)> Named(WriteSession session, BatchEntry batch, IReadOnlyList<long> ids, int? stage, int count)
    {
        var found = new List<(long, int)>();
        foreach (var id in ids.Distinct())
        {
            if (found.Count == count) break;
            var row = session.Prepared(TaskStatements.ReadyOne).Bind(1, id).Bind(2, batch.Number).Bind(3, stage);
            if (!row.Step()) continue;
            found.Add((row.Integer(0), (int)row.Integer(1)));
            row.Reset();
        }

        return found;
    }
}
