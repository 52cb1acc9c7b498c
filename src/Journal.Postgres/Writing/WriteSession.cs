using Journal.Lifecycle;
using Journal.Postgres.Reading;
using Journal.Postgres.Engine;
using Journal.Postgres.Opening;
using Journal.Postgres.Statements;
using Journal.Workers;
using Npgsql;

namespace Journal.Postgres.Writing;

/// <summary>What a transaction holds of a batch while it runs.</summary>
internal enum BatchHold
{
    /// <summary>Together with others: workers do.</summary>
    Shared,

    /// <summary>Alone: pausing, stopping and removing do, so that no claim slips by.</summary>
    Alone,

    /// <summary>Together with workers, but alone among those who add tasks.</summary>
    Adding,
}

/// <summary>
/// One write transaction, in few trips to the server. Locks are taken in one order by everybody, so that nobody waits in a circle: batches
/// (advisory), tasks by id, the quota ledger, batches' rows by number, the trail of events. Only claims take tasks out of order, and they skip what
/// is locked.
/// </summary>
internal sealed class WriteSession
{
    private const int MostEvents = 10_000;

    private readonly Catalog _catalog;
    private readonly ServerClock _clock;
    private readonly long _space;
    private readonly Dictionary<long, BatchWork> _batches = [];
    private readonly Dictionary<long, BatchStanding> _standings = [];
    private readonly HashSet<long> _paced = [];
    private readonly SortedDictionary<(long Batch, Guid Digest), (string Project, double Consumed)> _quota = [];

    public WriteSession(NpgsqlConnection connection, Catalog catalog, ServerClock clock, long space, Connections connections, WorkerIdentity? author)
    {
        Connection = connection;
        Location = connections.Location;
        _catalog = catalog;
        _clock = clock;
        _space = space;
        Pipeline = new Pipeline(connection);
        Keys = new KeyedPace(this);
        // Outside the transaction: many write their first event at once, and none of them should wait for the others to end.
        if (author is not null) Author = catalog.Enrol(Pipeline, author, connections.WriteSettings);
        AuthorName = author?.Name;
        Pipeline.Add(new Command("BEGIN ISOLATION LEVEL READ COMMITTED"));
        Pipeline.Add(connections.WriteSettings(), static _ => { });
        Pipeline.Add(new Command(ServerClock.Ask), row => Now = _clock.Hear(row.Integer(0)));
    }

    public NpgsqlConnection Connection { get; }

    public Pipeline Pipeline { get; }

    /// <summary>The limits by key.</summary>
    public KeyedPace Keys { get; }

    /// <summary>The journal as users name it.</summary>
    public string Location { get; }

    /// <summary>The one instant at which everything in the transaction happens; known after the first trip.</summary>
    public long Now { get; private set; }

    /// <summary>The number of the worker that writes; null when nobody said.</summary>
    public long? Author { get; }

    public string? AuthorName { get; }

    /// <summary>The number of the transaction, by which the server can be asked what became of it; null while it has written nothing that matters.</summary>
    public long? Transaction { get; private set; }

    /// <summary>What is to be sent on the last trip, before the commit.</summary>
    public Action<Pipeline>? Last { get; set; }

    /// <summary>Whether the server was told to commit.</summary>
    public bool IsCommitting { get; private set; }

    /// <summary>Has the commit be on the disk when it is answered, even where the session's others need not be.</summary>
    public void CommitDurably() => Pipeline.Add(new Command(DurabilityStatements.Durably), static _ => { });

    // Batches ----------------------------------------------------------------------------------------------------

    /// <exception cref="JournalException">BatchNotFound.</exception>
    public BatchWork Enter(string batchId, BatchHold hold, Action<Pipeline>? alongside = null)
    {
        // Another journal's worth of time may have passed since the number was remembered; then it is looked up again.
        for (var remembered = true; ; remembered = false)
        {
            var number = _catalog.NumberOf(Pipeline, batchId) ?? throw JournalErrors.BatchNotFound(batchId);
            Enter([number], hold, alongside);
            if (_batches.TryGetValue(number, out var batch) && batch.Facts.Id == batchId) return batch;
            _catalog.Forget(batchId);
            if (!remembered) throw JournalErrors.BatchNotFound(batchId);
            alongside = null;
        }
    }

    /// <summary>Takes hold of batches and reads where they stand; one that is not there is left out.</summary>
    /// <param name="numbers">Which.</param>
    /// <param name="hold">How.</param>
    /// <param name="alongside">What else is to be sent on the same trip, after the locks.</param>
    public void Enter(IReadOnlyCollection<long> numbers, BatchHold hold, Action<Pipeline>? alongside = null)
    {
        foreach (var number in numbers.Order())
        {
            Pipeline.Add(new Command(hold == BatchHold.Alone ? BatchStatements.Reserve : BatchStatements.Share).With(AdvisoryLocks.Batch(_space, number)), static _ => { });
            if (hold == BatchHold.Adding) Pipeline.Add(new Command(BatchStatements.Reserve).With(AdvisoryLocks.Adding(_space, number)), static _ => { });
            if (_catalog.IsPaced(number)) TakePace(number);
        }

        var standings = new List<(long Number, long Revision, BatchStanding Standing)>();
        Pipeline.Add(new Command(BatchStatements.StandingOf).With(numbers), row => standings.Add((row.Integer(0), row.Integer(1), StoredBatch.ReadStanding(row, BatchStatements.StandingColumn))));
        alongside?.Invoke(Pipeline);
        Pipeline.Send();
        var facts = _catalog.Facts(Pipeline, standings.ConvertAll(static batch => (batch.Number, batch.Revision)));
        // Known as paced only now: the lock comes after those of tasks, once in a process.
        var late = standings.Where(batch => facts[batch.Number].Options.NeedsPaceLock && !_paced.Contains(batch.Number)).Select(static batch => batch.Number).ToList();
        if (late.Count > 0)
        {
            foreach (var number in late) TakePace(number);
            standings.RemoveAll(batch => late.Contains(batch.Number));
            Pipeline.Add(new Command(BatchStatements.StandingOf).With(late), row => standings.Add((row.Integer(0), row.Integer(1), StoredBatch.ReadStanding(row, BatchStatements.StandingColumn)))).Send();
            facts = _catalog.Facts(Pipeline, standings.ConvertAll(static batch => (batch.Number, batch.Revision)));
        }

        foreach (var (number, _, standing) in standings) _batches[number] = new BatchWork(facts[number], standing);
    }

    // What may start of a batch with limits is decided by one transaction after the other.
    private void TakePace(long number)
    {
        if (_paced.Add(number)) Pipeline.Add(new Command(BatchStatements.Reserve).With(AdvisoryLocks.Pace(_space, number)), static _ => { });
    }

    /// <summary>A batch that was entered.</summary>
    public BatchWork Batch(long number)
    {
        if (!_batches.ContainsKey(number)) Enter([number], BatchHold.Shared);
        return _batches[number];
    }

    /// <summary>Goes by other options of a batch, which are written already, and settles its keys by them.</summary>
    public void Renew(BatchWork batch, BatchOptions options)
    {
        TakePace(batch.Number);
        var facts = batch.Facts;
        batch.Facts = new BatchFacts(facts.Number, facts.Revision + 1, facts.Id, JsonList.From(facts.Stages), facts.SourceType, options);
        Keys.Renew(batch);
    }

    /// <summary>Where a batch stands: as the transaction leaves it, or as it found it.</summary>
    public BatchStanding StandingOf(BatchWork batch) => _standings.GetValueOrDefault(batch.Number, batch.AsRead);

    // The audit trail --------------------------------------------------------------------------------------------

    /// <summary>Writes an event about a task.</summary>
    public void Record(BatchWork batch, long task, JournalEventKind kind, JournalTaskStatus? from, JournalTaskStatus? to, long stage, string? reason) =>
        batch.Events.Add(Event(batch, task, kind, from, to, stage, reason));

    public EventRecord Event(BatchWork batch, long task, JournalEventKind kind, JournalTaskStatus? from, JournalTaskStatus? to, long stage, string? reason) =>
        new(Now, batch.Number, task, kind, (int?)from, (int?)to, stage, Author, reason);

    /// <summary>Charges what a report says to a batch, and to its projects.</summary>
    /// <param name="project">The project that its task charged last.</param>
    public void Charge(BatchWork batch, TaskReport report, string? project)
    {
        if (report.Quota == 0) return;
        batch.Charge(standing => standing.NoteCharge(report.Quota));
        var limits = batch.Facts.Options.QuotaLimits;
        foreach (var (charged, units) in MoveEffects.Charges(report, project))
        {
            if (limits is not null) batch.Charge(standing => standing.ChargeProject(units, charged, limits));
            var key = (batch.Number, Digest.Of(charged ?? ""));
            _quota[key] = (charged ?? "", units + (_quota.TryGetValue(key, out var known) ? known.Consumed : 0));
        }
    }

    // The end ----------------------------------------------------------------------------------------------------

    /// <summary>Settles every batch that was touched, writes where each stands and what happened, and commits.</summary>
    public void Commit()
    {
        Keys.Settle();
        var touched = _batches.Values.Where(static batch => batch.IsTouched).ToDictionary(static batch => batch.Number);
        if (_quota.Count > 0)
        {
            Pipeline.Add(new Command(BatchStatements.ChargeQuota)
                .With(_quota.Keys.Select(static key => key.Batch)).With(_quota.Values.Select(static charge => charge.Project))
                .With(_quota.Keys.Select(static key => key.Digest)).With(_quota.Values.Select(static charge => charge.Consumed)));
        }

        if (touched.Count > 0)
        {
            Pipeline.Add(new Command(BatchStatements.LockStanding).With(touched.Keys), row =>
            {
                _standings[row.Integer(0)] = StoredBatch.ReadStanding(row, BatchStatements.StandingColumn);
                Transaction = row.Integer(BatchStatements.AfterStanding);
            });
            Pipeline.Send();
            WriteTrail([.. _standings.SelectMany(entry => touched[entry.Key].Conclude(entry.Value, Now, Author))]);
            foreach (var (number, standing) in _standings) WriteStanding(number, standing);
        }

        Last?.Invoke(Pipeline);
        Pipeline.Add(new Command("COMMIT"));
        IsCommitting = true;
        Pipeline.Send();
    }

    private void WriteTrail(IReadOnlyCollection<EventRecord> events)
    {
        if (events.Count == 0) return;
        Pipeline.Add(new Command(HistoryStatements.ShareTrail).With(AdvisoryLocks.Trail(_space)), static _ => { });
        foreach (var some in events.Chunk(MostEvents))
        {
            Pipeline.Add(new Command(HistoryStatements.InsertEvents)
                .With(some.Select(static e => e.At)).With(some.Select(static e => e.Batch)).With(some.Select(static e => e.Task))
                .With(some.Select(static e => (int)e.Kind)).With(some.Select(static e => e.From)).With(some.Select(static e => e.To))
                .With(some.Select(static e => (int?)e.Stage)).With(some.Select(static e => e.Worker)).With(some.Select(static e => e.Reason)));
            // What an import brings is not one message.
            if (some.Length == MostEvents) Pipeline.Send();
        }
    }

    private void WriteStanding(long number, BatchStanding standing) => Pipeline.Add(new Command(BatchStatements.WriteStanding)
        .With(number).With((long)standing.Status).With(standing.PauseReason).With(standing.PausedUntil)
        .With(standing.Counts.Pending).With(standing.Counts.InProgress).With(standing.Counts.Completed).With(standing.Counts.Failed)
        .With(standing.Counts.Skipped).With(standing.Counts.Canceled).With(standing.QuotaConsumed).With(standing.ActiveTime)
        .With(standing.StartedAt).With(standing.LastResumedAt).With(standing.EndedAt).With(Now)
        .With(standing.Pace.At).With(standing.Pace.Spent).With(standing.Pace.HoldUntil).With(standing.Pace.HoldReason)
        .With(standing.QuotaBefore).With(standing.QuotaSince).With(standing.QuotaCharges).With(StoredBatch.TextOf(standing.QuotaUse)));
}
