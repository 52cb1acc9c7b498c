using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Reading;
using Journal.Postgres.Statements;
using Journal.Postgres.Writing;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Postgres;

/// <content>Batches and checkpoints.</content>
internal sealed partial class PostgresJournalStore
{
    public JournalBatch CreateBatch(NewBatch batch, WorkerIdentity? by = null) => Write<JournalBatch>(by, session =>
    {
        BatchNaming.ValidateName(batch.Name);
        session.CommitDurably();
        session.Pipeline.Send();
        return Create(session, batch);
    });

    public JournalBatch? CreateBatchAfter(NewBatch batch, string? newestKnown, WorkerIdentity? by = null) => Write<JournalBatch?>(by, session =>
    {
        BatchNaming.ValidateName(batch.Name);
        session.CommitDurably();
        session.Pipeline.Add(new Command(BatchStatements.Reserve).With(AdvisoryLocks.Beginning(_space)), static _ => { });
        session.Pipeline.Send();
        var newest = BatchReader.Read(new ReadSession(session.Connection, _catalog, Location), BatchQuery.NewestOf(batch.Name)).SingleOrDefault();
        if (newest?.Id != newestKnown) return static () => null;
        return Create(session, batch);
    });

    private Func<JournalBatch> Create(WriteSession session, NewBatch batch)
    {
        var createdAt = batch.CreatedAt ?? Micros.ToTime(session.Now);
        long? number = null;
        string id = "";
        foreach (var candidate in BatchNaming.CandidateIds(batch.Name, createdAt))
        {
            id = candidate;
            session.Pipeline.Add(
                new Command(BatchStatements.Insert).With(id).With(batch.Name).With(batch.InputSource).With(batch.SourceType).With(batch.KeyExpression)
                    .With(batch.Stages.ToString()).With(batch.Stages.Count).With(batch.Settings.Json).With(batch.Metadata.Json)
                    .With(batch.Options.ToJson()).With(Micros.From(createdAt)).With(session.Now),
                row => number = row.Integer(0)).Send();
            if (number is not null) break;
        }

        session.Enter([number!.Value], BatchHold.Shared);
        session.Batch(number.Value).Order(static (standing, record) => record(JournalEventKind.BatchCreated, null, standing.Status, null));
        return Found(session, id);
    }

    public JournalBatch? FindBatch(string batchId) => Read(session => BatchReader.Find(session.Pipeline, Location, batchId));

    public IEnumerable<JournalBatch> ReadBatches(BatchQuery query) => Stream(session => BatchReader.Read(session, query));

    public JournalBatch Apply(string batchId, BatchMove move, WorkerIdentity? by = null) => Write<JournalBatch>(by, session =>
    {
        BatchMover.Apply(session, session.Enter(batchId, BatchHold.Alone), move);
        return Found(session, batchId);
    });

    public JournalBatch AmendBatch(string batchId, BatchAmendment amendment, WorkerIdentity? by = null) => Write<JournalBatch>(by, session =>
    {
        session.CommitDurably();
        var batch = session.Enter(batchId, BatchHold.Alone);
        string? metadata = null;
        if (amendment.Metadata is { Count: > 0 } laid)
        {
            session.Pipeline.Add(new Command(BatchStatements.LockMetadata).With(batch.Number), row => metadata = JsonMap.Parse(row.Text(0)).With(laid).Json).Send();
        }

        session.Pipeline.Add(new Command(BatchStatements.Amend).With(batch.Number).With(amendment.Options?.ToJson()).With(amendment.Settings?.Json).With(metadata)
            .With(amendment.InputSource).With(amendment.SourceType).With(amendment.KeyExpression));
        batch.Order((standing, record) => record(JournalEventKind.Amended, standing.Status, standing.Status, amendment.Reason));
        if (amendment.Options is { } options)
        {
            var now = session.Now;
            if (batch.Facts.Options.QuotaLimits is var was && !ProjectLimits.AreSame(was, options.QuotaLimits))
            {
                var ledger = new List<KeyValuePair<string, double>>();
                session.Pipeline.Add(new Command(BatchStatements.QuotaByProject).With(batch.Number), row => ledger.Add(new(row.Text(0), row.Real(1)))).Send();
                batch.Order((standing, _) => standing.FollowLimits(was, options.QuotaLimits, ledger));
            }

            batch.SetPace(pace => pace.ByClock(now).Under(PaceRules.OfBatch(options).RateLimit, now));
            if (options.LimitBy is not null) session.Renew(batch, options);
        }

        return Found(session, batchId);
    });

    public IReadOnlyList<string> RemoveBatch(string batchId) => Write<IReadOnlyList<string>>(null, session =>
    {
        var batch = session.Enter(batchId, BatchHold.Alone);
        var files = new List<string>();
        session.Pipeline.Patience = 0;
        session.Pipeline.Add(new Command(BatchStatements.TempFiles).With(batch.Number), row => files.Add(row.Text(0)));
        foreach (var sql in BatchStatements.Removal) session.Pipeline.Add(new Command(sql).With(batch.Number));
        _catalog.Forget(batchId);
        return () => files;
    });

    public IReadOnlyList<ImportResult> Import(IReadOnlyList<FullBatch> batches, WorkerIdentity? by = null) => Write<IReadOnlyList<ImportResult>>(by, session =>
    {
        session.Pipeline.Patience = 0;
        var results = batches.Select(batch => new BatchImporter(session, _catalog, batch).Run()).ToList();
        return () => results;
    });

    // Read on the last trip, as the transaction leaves it.
    private Func<JournalBatch> Found(WriteSession session, string batchId)
    {
        JournalBatch? found = null;
        session.Last = pipeline => pipeline.Add(new Command(BatchStatements.ById).With(batchId), row => found = StoredBatch.Read(row, Location));
        return () => found ?? FindBatch(batchId) ?? throw JournalErrors.BatchNotFound(batchId);
    }

    // Checkpoints ------------------------------------------------------------------------------------------------

    public JournalCheckpoint? FindCheckpoint(string? batchId, string name) => Read(session =>
    {
        JournalCheckpoint? found = null;
        if (NumberOf(session, batchId) is not { } number) return found;
        session.Pipeline.Add(new Command(CheckpointStatements.Find).With(number).With(Digest.Of(name)), row => found = ToCheckpoint(row, batchId)).Send();
        return found;
    });

    public IReadOnlyList<JournalCheckpoint> ReadCheckpoints(string? batchId) => Read(session =>
    {
        var checkpoints = new List<JournalCheckpoint>();
        if (NumberOf(session, batchId) is not { } number) return checkpoints;
        session.Pipeline.Add(new Command(CheckpointStatements.All).With(number), row => checkpoints.Add(ToCheckpoint(row, batchId))).Send();
        return checkpoints;
    });

    public JournalCheckpoint SetCheckpoint(string? batchId, string name, string json, DateTimeOffset? at = null) => Write<JournalCheckpoint>(null, session =>
    {
        long number = 0;
        if (batchId is null) session.Pipeline.Send();
        else number = session.Enter(batchId, BatchHold.Shared).Number;
        var time = at is { } given ? Micros.From(given) : session.Now;
        session.Pipeline.Add(new Command(CheckpointStatements.Set).With(number).With(name).With(Digest.Of(name)).With(json).With(time));
        return () => new JournalCheckpoint(name, batchId, json, Micros.ToTime(time), Location);
    });

    public bool ClearCheckpoint(string? batchId, string name) => Write<bool>(null, session =>
    {
        var number = batchId is null ? 0 : _catalog.NumberOf(session.Pipeline, batchId);
        if (number is not { } known) return static () => false;
        session.Pipeline.Send();
        session.Pipeline.Add(new Command(CheckpointStatements.Clear).With(known).With(Digest.Of(name))).Send();
        var cleared = session.Pipeline.Changes > 0;
        return () => cleared;
    });

    private static long? NumberOf(ReadSession session, string? batchId) => batchId is null ? 0 : session.Catalog.NumberOf(session.Pipeline, batchId);

    private JournalCheckpoint ToCheckpoint(Row row, string? batchId) => new(row.Text(0), batchId, row.Text(1), row.Time(2), Location);
}
