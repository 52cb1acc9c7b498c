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
    private readonly List<(long Id, int Crashes, long Stage)> _candidates = [];
    private readonly Dictionary<long, JournalTask> _claimed = [];
    private bool _asked;
    private int _taken;
    private bool _readyElsewhere;
    private long? _due;

    /// <summary>The tasks claimed, in the order they should run.</summary>
    public List<JournalTask> Claimed => [.. _candidates.Take(_taken).Select(candidate => _claimed[candidate.Id])];

    /// <summary>Where the batch stood when it was looked ahead: on the same snapshot, so that both agree.</summary>
    public BatchStanding? Standing { get; private set; }

    /// <summary>When a task that waits may be claimed, if less was claimed than asked for.</summary>
    public DateTimeOffset? NextDue =>
        _taken >= request.Claim ? null : Micros.ToTime(_due) ?? (_readyElsewhere ? Micros.ToTime(session.Now) + Soon : null);

    /// <summary>Has candidates locked, on the next trip, if the batch hands out anything.</summary>
    public void Ask(Pipeline pipeline)
    {
        // By the asRead, with what the moves made of it: what has just ended hands out nothing, what was just opened again does.
        batch.AsRead.Settle(session.Now, static (_, _, _, _) => { });
        if (request.Claim <= 0 || !batch.AsRead.MayClaim(session.Now)) return;
        _asked = true;
        batch.LiftPause(session.Now);
        pipeline.Add(new Command(TaskStatements.PromoteDue).With(batch.Number).With(session.Now));
        var command = request.Only is { } only ? new Command(TaskStatements.ReadyNamed).With(batch.Number).With(only).With(_stage)
            : _stage is { } stage ? new Command(TaskStatements.ReadyInStage).With(batch.Number).With(request.Claim).With(stage)
            : new Command(TaskStatements.Ready).With(batch.Number).With(request.Claim);
        pipeline.Add(command, row => _candidates.Add((row.Integer(0), (int)row.Integer(1), row.Integer(2))));
    }

    /// <summary>Has what may be claimed together claimed, on the next trip.</summary>
    public void Take(Pipeline pipeline)
    {
        if (request.Only is { } only)
        {
            var place = only.Distinct().Select(static (id, index) => (id, index)).ToDictionary(static named => named.id, static named => named.index);
            _candidates.Sort((left, right) => place[left.Id].CompareTo(place[right.Id]));
            if (_candidates.Count > request.Claim) _candidates.RemoveRange(request.Claim, _candidates.Count - request.Claim);
        }

        _taken = ClaimRules.Take(_candidates.ConvertAll(static candidate => candidate.Crashes));
        if (_taken == 0) return;
        var rule = TaskLifecycle.Rule(TaskMoveKind.Claim);
        pipeline.Add(
            new Command(TaskStatements.Claim).With(_candidates.Take(_taken).Select(static candidate => candidate.Id)).With(session.Author)
                .With(session.Now).With(session.Now + Micros.From(request.Lease)),
            row => _claimed[row.Integer(0)] = StoredTask.Read(row, batch.Facts, session.AuthorName, session.Location));
        foreach (var (id, _, stage) in _candidates.Take(_taken))
        {
            batch.Claim(session.Event(batch, id, rule.Event, JournalTaskStatus.Pending, rule.To, stage, null));
        }
    }

    /// <summary>Has it looked up, on the last trip, when more can be claimed.</summary>
    public void LookAhead(Pipeline pipeline)
    {
        if (_taken >= request.Claim) return;
        var mine = _candidates.Skip(_taken).Select(static candidate => candidate.Id);
        var wentWithout = _asked && request.Only is null && _candidates.Count < request.Claim;
        // Until it is known better: should the answer to the commit be lost, asking again does no harm.
        _readyElsewhere = wentWithout;
        pipeline.Add(new Command(TaskStatements.Outlook).With(batch.Number).With(_stage).With(mine), row =>
        {
            Standing = StoredBatch.ReadStanding(row, BatchStatements.StandingColumn);
            _due = row.IntegerOrNull(BatchStatements.AfterStanding);
            _readyElsewhere = wentWithout && row.Flag(BatchStatements.AfterStanding + 1);
        });
    }
}
