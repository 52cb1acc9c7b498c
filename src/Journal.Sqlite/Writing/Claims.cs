using Journal.Lifecycle;
using Journal.Sqlite.Engine;
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
        var options = facts.Options;
        var pace = CorrectPace(session, batch, options);
        Promote(session, batch, options);

        var byKey = options.LimitBy is not null;
        var ofBatch = PaceRules.OfBatch(options);
        var room = PaceRules.Room(ofBatch, pace, batch.Standing.Counts.InProgress, session.Now, request.Claim);
        while (claimed.Count < room)
        {
            var wanted = room - claimed.Count;
            var candidates = request.Only is { } only ? Named(session, batch, only, stage, wanted) : Next(session, batch, stage, wanted);
            var count = ClaimRules.Take(candidates.ConvertAll(static candidate => candidate.Crashes), request.Chunk, options.CrashLimit);
            if (count == 0 || (claimed.Count > 0 && candidates[0].Crashes > 0)) break;
            foreach (var candidate in candidates[..count])
            {
                // Limits may have become narrower, or a clock may have gone back, since the task was made ready.
                if (byKey && candidate.LimitKey is { } key)
                {
                    if (!session.Keys.IsOpen(batch, key))
                    {
                        // It goes back, or this loop would meet it again.
                        session.Keys.Touch(batch, key, reorders: true);
                        continue;
                    }

                    session.Keys.Start(batch, key, candidate.Cost);
                    batch.Standing.Pace = pace = pace with { At = session.Now };
                }
                else if (ofBatch.RateLimit is { } limit)
                {
                    if (!pace.IsOpen(limit, session.Now)) break;
                    batch.Standing.Pace = pace = pace.Start(limit, session.Now, candidate.Cost);
                }

                claimed.Add(Take(session, batch, facts, candidate.Id, request.Lease));
            }

            // Of a key that has more room others become ready.
            if (!byKey || candidates[0].Crashes > 0 || claimed.Count == room) break;
            session.Keys.Settle();
        }

        return claimed;
    }

    // A clock that has gone back takes with it what was decided by it, once; then it is written, though nothing may start.
    private static Pace CorrectPace(WriteSession session, BatchEntry batch, BatchOptions options)
    {
        var isBack = batch.Standing.Pace.At > session.Now;
        batch.Changed |= isBack;
        if (isBack && options.LimitBy is not null) session.Keys.Renew(batch);
        return batch.Standing.Pace = batch.Standing.Pace.ByClock(session.Now);
    }

    private static JournalTask Take(WriteSession session, BatchEntry batch, BatchFacts facts, long id, TimeSpan lease)
    {
        batch.Standing.Start(session.Now, session.RecorderOf(batch));
        var rule = TaskLifecycle.Rule(TaskMoveKind.Claim);
        session.Prepared(TaskStatements.Claim).Bind(1, id).Bind(2, session.Author).Bind(3, session.Now).Bind(4, session.Now + Micros.From(lease)).Execute();
        var row = session.Prepared(TaskStatements.ById).Bind(1, id);
        row.Step();
        var task = TaskReader.Read(row, facts, session.Catalog, session.Database);
        var stage = row.Integer(StoredTask.StageColumn);
        row.Reset();
        session.Record(batch, id, rule.Event, JournalTaskStatus.Pending, rule.To, stage, null);
        batch.Standing.Counts = batch.Standing.Counts.Moved(JournalTaskStatus.Pending, rule.To);
        return task;
    }

    private static void Promote(WriteSession session, BatchEntry batch, BatchOptions options)
    {
        if (options.LimitBy is not null)
        {
            var keys = session.Prepared(TaskStatements.KeysDue).Bind(1, batch.Number).Bind(2, session.Now);
            while (keys.Step()) session.Keys.Touch(batch, keys.Text(0), reorders: true);
            // A journal that was repaired may have forgotten who is next.
            var counts = batch.Standing.Counts;
            if (counts is { InProgress: 0, Pending: > 0 } && ReadNextDue(session, batch) is null && !HasReady(session, batch, null)) session.Keys.Renew(batch);
        }

        session.Prepared(TaskStatements.PromoteDue).Bind(1, batch.Number).Bind(2, session.Now).Execute();
        session.Keys.Settle();
    }

    /// <summary>When the next task that waits may be claimed.</summary>
    public static DateTimeOffset? NextDue(WriteSession session, BatchEntry batch, string? stageName)
    {
        var facts = session.Facts(batch);
        var stage = stageName is { } name ? facts.RequireStage(name) : (int?)null;
        var limit = PaceRules.OfBatch(facts.Options).RateLimit;
        var pace = batch.Standing.Pace.ByClock(session.Now);
        var isReady = !pace.IsOpen(limit, session.Now) && HasReady(session, batch, stage);
        return Micros.ToTime(PaceRules.NextDue(pace, limit, session.Now, isReady, TaskDue(session, batch)));
    }

    private static bool HasReady(WriteSession session, BatchEntry batch, int? stage) =>
        session.Prepared(PaceStatements.HasReady).Bind(1, batch.Number).Bind(2, stage).RequiredScalar() > 0;

    private static long? TaskDue(WriteSession session, BatchEntry batch)
    {
        if (ReadNextDue(session, batch) is not var (due, given)) return null;
        if (given <= session.Now) return due;
        session.Prepared(TaskStatements.CorrectDue).Bind(1, batch.Number).Bind(2, session.Now).Bind(3, Waits.ForKey).Execute();
        return ReadNextDue(session, batch)!.Value.Due;
    }

    private static (long Due, long Given)? ReadNextDue(WriteSession session, BatchEntry batch)
    {
        var row = session.Prepared(TaskStatements.NextDue).Bind(1, batch.Number).Bind(2, Waits.ForKey);
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

    private static List<Candidate> Next(WriteSession session, BatchEntry batch, int? stage, int count)
    {
        var rows = stage is { } index
            ? session.Prepared(TaskStatements.ReadyInStage).Bind(3, index)
            : session.Prepared(TaskStatements.Ready);
        rows.Bind(1, batch.Number).Bind(2, count);
        var found = new List<Candidate>();
        while (rows.Step()) found.Add(Candidate.Read(rows));
        return found;
    }

    private static List<Candidate> Named(WriteSession session, BatchEntry batch, IReadOnlyList<long> ids, int? stage, int count)
    {
        var found = new List<Candidate>();
        foreach (var id in ids.Distinct())
        {
            if (found.Count == count) break;
            var row = session.Prepared(TaskStatements.ReadyOne).Bind(1, id).Bind(2, batch.Number).Bind(3, stage);
            if (!row.Step()) continue;
            found.Add(Candidate.Read(row));
            row.Reset();
        }

        return found;
    }

    private readonly record struct Candidate(long Id, int Crashes, double Cost, string? LimitKey)
    {
        public static Candidate Read(Statement row) => new(row.Integer(0), (int)row.Integer(1), row.Real(2), row.Text(3));
    }
}
