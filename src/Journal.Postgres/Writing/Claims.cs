using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Writing;

/// <summary>Hands out tasks. Candidates are locked, skipping those that another transaction has locked; then what may be claimed together is claimed.</summary>
internal sealed class Claims(WriteSession session, BatchWork batch, ExchangeRequest request)
{
    // Tasks that are ready but locked are being claimed, or given back, in this moment: it is worth asking again soon.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly int? _stage = request is { Claim: > 0, Stage: { } name } ? batch.Facts.RequireStage(name) : null;
    private readonly BatchOptions _options = PaceRules.OfBatch(batch.Facts.Options);
    private readonly List<Candidate> _candidates = [];
    private readonly List<long> _order = [];
    private readonly Dictionary<long, JournalTask> _claimed = [];
    private bool _asked;
    private int _room;
    private bool _readyElsewhere;
    private long? _due;

    /// <summary>The tasks claimed, in the order they should run.</summary>
    public List<JournalTask> Claimed => [.. _order.Select(id => _claimed[id])];

    /// <summary>Where the batch stood when it was looked ahead: on the same snapshot, so that both agree.</summary>
    public BatchStanding? Standing { get; private set; }

    /// <summary>When a task that waits may be claimed, if less was claimed than asked for.</summary>
    public DateTimeOffset? NextDue =>
        _order.Count >= request.Claim ? null : Micros.ToTime(_due) ?? (_readyElsewhere ? Micros.ToTime(session.Now) + Soon : null);

    /// <summary>Has tasks claimed, if the batch hands out anything.</summary>
    public void Take(Pipeline pipeline)
    {
        // By the batch as it was read, with what the moves made of it: what has just ended hands out nothing, what was just opened again does.
        batch.AsRead.Settle(session.Now, static (_, _, _, _) => { });
        if (request.Claim <= 0 || !batch.AsRead.MayClaim(session.Now))
        {
            pipeline.Send();
            return;
        }

        _asked = true;
        batch.LiftPause(session.Now);
        CorrectPace();
        Promote(pipeline);
        _room = PaceRules.Room(_options, batch.AsRead.Pace.ByClock(session.Now), batch.AsRead.Counts.InProgress, session.Now, request.Claim);
        var byKey = batch.Facts.Options.LimitBy is not null;
        do
        {
            Ask(pipeline);
            pipeline.Send();
            var suspect = _candidates is [{ Crashes: > 0 }, ..];
            if (suspect && _order.Count > 0) break;
            var taken = Choose(byKey);
            if (taken.Count > 0) Claim(pipeline, taken);
            if (!byKey || suspect || _candidates.Count == 0 || _order.Count >= _room) break;
            // Of a key that has more room others become ready.
            session.Keys.Settle();
        }
        while (_order.Count < _room);
    }

    // A clock that has gone back takes with it what was decided by it, once; then it is written, though nothing may start.
    private void CorrectPace()
    {
        var now = session.Now;
        if (batch.AsRead.Pace.At <= now) return;
        batch.SetPace(pace => pace.ByClock(now));
        if (batch.Facts.Options.LimitBy is not null) session.Keys.Renew(batch);
    }

    private void Promote(Pipeline pipeline)
    {
        if (batch.Facts.Options.LimitBy is not null)
        {
            pipeline.Add(new Command(PaceStatements.KeysDue).With(batch.Number).With(session.Now), row => session.Keys.Touch(batch, row.Digest(0), reorders: true));
        }

        pipeline.Add(new Command(TaskStatements.PromoteDue).With(batch.Number).With(session.Now));
        if (batch.Facts.Options.LimitBy is null) return;
        pipeline.Send();
        session.Keys.Settle();
    }

    private void Ask(Pipeline pipeline)
    {
        _candidates.Clear();
        var count = _room - _order.Count;
        if (count <= 0) return;
        var command = request.Only is { } only ? new Command(TaskStatements.ReadyNamed).With(batch.Number).With(only).With(_stage)
            : _stage is { } stage ? new Command(TaskStatements.ReadyInStage).With(batch.Number).With(count).With(stage)
            : new Command(TaskStatements.Ready).With(batch.Number).With(count);
        pipeline.Add(command, row => _candidates.Add(new Candidate(row.Integer(0), (int)row.Integer(1), row.Integer(2), row.Real(3), row.DigestOrNull(4))));
    }

    // Those that may be claimed together, and that the limits let start.
    private List<Candidate> Choose(bool byKey)
    {
        if (request.Only is { } only)
        {
            var place = only.Distinct().Select(static (id, index) => (id, index)).ToDictionary(static named => named.id, static named => named.index);
            _candidates.Sort((left, right) => place[left.Id].CompareTo(place[right.Id]));
            if (_candidates.Count > _room - _order.Count) _candidates.RemoveRange(_room - _order.Count, _candidates.Count - (_room - _order.Count));
        }

        var together = _candidates[..ClaimRules.Take(_candidates.ConvertAll(static candidate => candidate.Crashes), request.Chunk, batch.Facts.Options.CrashLimit)];
        if (byKey)
        {
            session.Keys.Read(batch, together.Select(static candidate => candidate.LimitKey).OfType<Guid>());
            return together.FindAll(MayStart);
        }

        if (_options.RateLimit is not { } limit) return together;
        var chosen = new List<Candidate>();
        foreach (var candidate in together)
        {
            if (!batch.AsRead.Pace.ByClock(session.Now).IsOpen(limit, session.Now)) break;
            var (now, cost) = (session.Now, candidate.Cost);
            batch.SetPace(pace => pace.ByClock(now).Start(limit, now, cost));
            chosen.Add(candidate);
        }

        return chosen;
    }

    // Limits may have become narrower, or a clock may have gone back, since the task was made ready.
    private bool MayStart(Candidate candidate)
    {
        if (candidate.LimitKey is not { } key) return true;
        if (!session.Keys.IsOpen(batch, key))
        {
            // It goes back, or the next question would be answered with it again.
            session.Keys.Touch(batch, key, reorders: true);
            return false;
        }

        session.Keys.Start(batch, key, candidate.Cost);
        var now = session.Now;
        if (batch.AsRead.Pace.At != now) batch.SetPace(pace => pace with { At = now });
        return true;
    }

    private void Claim(Pipeline pipeline, List<Candidate> taken)
    {
        var rule = TaskLifecycle.Rule(TaskMoveKind.Claim);
        pipeline.Add(
            new Command(TaskStatements.Claim).With(taken.Select(static candidate => candidate.Id)).With(session.Author)
                .With(session.Now).With(session.Now + Micros.From(request.Lease)),
            row => _claimed[row.Integer(0)] = StoredTask.Read(row, batch.Facts, session.AuthorName, session.Location));
        foreach (var candidate in taken)
        {
            _order.Add(candidate.Id);
            batch.Claim(session.Event(batch, candidate.Id, rule.Event, JournalTaskStatus.Pending, rule.To, candidate.Stage, null));
        }
    }

    /// <summary>Has it looked up, on the last trip, when more can be claimed.</summary>
    public void LookAhead(Pipeline pipeline)
    {
        if (_order.Count >= request.Claim) return;
        var mine = _candidates.Select(static candidate => candidate.Id).Where(id => !_claimed.ContainsKey(id));
        var wentWithout = _asked && request.Only is null && _order.Count < _room && _candidates.Count < request.Claim;
        // Until it is known better: should the answer to the commit be lost, asking again does no harm.
        _readyElsewhere = wentWithout;
        pipeline.Add(new Command(TaskStatements.Outlook).With(batch.Number).With(_stage).With(mine).With(Waits.ForKey), row =>
        {
            Standing = StoredBatch.ReadStanding(row, BatchStatements.StandingColumn);
            var isReady = row.Flag(BatchStatements.AfterStanding + 1);
            _due = PaceRules.NextDue(Standing.Pace.ByClock(session.Now), _options.RateLimit, session.Now, isReady, row.IntegerOrNull(BatchStatements.AfterStanding));
            _readyElsewhere = wentWithout && isReady;
        });
    }

    private readonly record struct Candidate(long Id, int Crashes, long Stage, double Cost, Guid? LimitKey);
}
