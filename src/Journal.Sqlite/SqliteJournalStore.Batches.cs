using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Statements;
using Journal.Sqlite.Writing;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Sqlite;

/// <content>Batches and checkpoints.</content>
internal sealed partial class SqliteJournalStore
{
    public JournalBatch CreateBatch(NewBatch batch, WorkerIdentity? by = null) => Write(by, session => Create(session, batch));

    public JournalBatch? CreateBatchAfter(NewBatch batch, string? newestKnown, WorkerIdentity? by = null) => Write(by, session =>
    {
        var newest = BatchReader.Read(session.Database, _catalog, BatchQuery.NewestOf(batch.Name)).SingleOrDefault();
        return newest?.Id == newestKnown ? Create(session, batch) : null;
    });

    private JournalBatch Create(WriteSession session, NewBatch batch)
    {
        BatchNaming.ValidateName(batch.Name);
        var createdAt = batch.CreatedAt ?? session.Time;
        var id = BatchNaming.CandidateIds(batch.Name, createdAt).First(id => BatchReader.Find(session.Database, _catalog, id) is null);
        session.Prepared(BatchStatements.Insert)
            .Bind(1, id).Bind(2, batch.Name).Bind(3, batch.InputSource).Bind(4, batch.SourceType).Bind(5, batch.KeyExpression)
            .Bind(6, batch.Stages.ToString()).Bind(7, batch.Stages.Count).Bind(8, batch.Settings.Json).Bind(9, batch.Metadata.Json)
            .Bind(10, batch.Options.ToJson()).Bind(11, Micros.From(createdAt)).Bind(12, session.Now).Execute();
        session.Record(session.Batch(id), JournalEventKind.BatchCreated, null, JournalBatchStatus.Ready, null);
        session.Finish();
        return BatchReader.Find(session.Database, _catalog, id)!;
    }

    public JournalBatch? FindBatch(string batchId) => Read(database => BatchReader.Find(database, _catalog, batchId));

    public IEnumerable<JournalBatch> ReadBatches(BatchQuery query) => Stream(database => BatchReader.Read(database, _catalog, query));

    public JournalBatch Apply(string batchId, BatchMove move, WorkerIdentity? by = null) => Write(by, session =>
    {
        BatchMover.Apply(session, session.Batch(batchId), move);
        session.Finish();
        return BatchReader.Find(session.Database, _catalog, batchId)!;
    });

    public JournalBatch AmendBatch(string batchId, BatchAmendment amendment, WorkerIdentity? by = null) => Write(by, session =>
    {
        var batch = session.Batch(batchId);
        var was = session.Facts(batch).Options.QuotaLimits;
        var metadata = amendment.Metadata is { Count: > 0 } laid ? JsonMap.Parse(MetadataOf(session, batch)).With(laid).Json : null;
        session.Prepared(BatchStatements.Amend)
            .Bind(1, batch.Number).Bind(2, amendment.Options?.ToJson()).Bind(3, amendment.Settings?.Json).Bind(4, metadata)
            .Bind(5, amendment.InputSource).Bind(6, amendment.SourceType).Bind(7, amendment.KeyExpression).Execute();
        batch.Revision++;
        if (amendment.Options is { } options)
        {
            if (!ProjectLimits.AreSame(was, options.QuotaLimits)) batch.Standing.FollowLimits(was, options.QuotaLimits, FigureReader.ReadQuota(session.Database, batch.Number).Select(static project => KeyValuePair.Create(project.Key ?? "", project.Value)));
            batch.Standing.Pace = batch.Standing.Pace.ByClock(session.Now).Under(PaceRules.OfBatch(options).RateLimit, session.Now);
            session.Keys.Renew(batch);
        }

        session.Record(batch, JournalEventKind.Amended, batch.Standing.Status, batch.Standing.Status, amendment.Reason);
        session.Finish();
        return BatchReader.Find(session.Database, _catalog, batchId)!;
    });

    public IReadOnlyList<string> RemoveBatch(string batchId) => Write(null, session =>
    {
        var batch = session.Batch(batchId);
        long first = batch.FirstTask ?? 0, last = batch.LastTask ?? -1;
        var files = new List<string>();
        var row = session.Prepared(BatchStatements.TempFiles).Bind(1, batch.Number).Bind(2, first).Bind(3, last);
        while (row.Step()) files.Add(row.Text(0)!);
        session.Prepared(TaskStatements.KeepSequence).Execute();
        foreach (var sql in BatchStatements.Removal)
        {
            var statement = session.Prepared(sql).Bind(1, batch.Number);
            if (sql.Contains("?2", StringComparison.Ordinal)) statement.Bind(2, first).Bind(3, last);
            if (sql.Contains("?4", StringComparison.Ordinal)) statement.Bind(4, batch.FirstEvent ?? 0).Bind(5, batch.LastEvent ?? -1);
            statement.Execute();
        }

        return files;
    });

    public IReadOnlyList<ImportResult> Import(IReadOnlyList<FullBatch> batches, WorkerIdentity? by = null) =>
        Write(by, session => batches.Select(batch => BatchImporter.Import(session, batch)).ToList());

    // Checkpoints ------------------------------------------------------------------------------------------------

    public JournalCheckpoint? FindCheckpoint(string? batchId, string name) => Read(database =>
    {
        if (NumberOf(database, batchId) is not { } number) return null;
        var row = database.Prepared(CheckpointStatements.Find).Bind(1, number).Bind(2, name);
        if (!row.Step()) return null;
        var checkpoint = ToCheckpoint(row, batchId);
        row.Reset();
        return checkpoint;
    });

    public IReadOnlyList<JournalCheckpoint> ReadCheckpoints(string? batchId) => Read(database =>
    {
        var checkpoints = new List<JournalCheckpoint>();
        if (NumberOf(database, batchId) is not { } number) return checkpoints;
        var row = database.Prepared(CheckpointStatements.All).Bind(1, number);
        while (row.Step()) checkpoints.Add(ToCheckpoint(row, batchId));
        return checkpoints;
    });

    public JournalCheckpoint SetCheckpoint(string? batchId, string name, string json, DateTimeOffset? at = null) => Write(null, session =>
    {
        var time = at is { } given ? Micros.From(given) : session.Now;
        var number = batchId is null ? CheckpointStatements.OfJournal : session.Batch(batchId).Number;
        session.Prepared(CheckpointStatements.Set).Bind(1, number).Bind(2, name).Bind(3, json).Bind(4, time).Execute();
        return new JournalCheckpoint(name, batchId, json, Micros.ToTime(time), Location);
    });

    public bool ClearCheckpoint(string? batchId, string name) => Write(null, session =>
        NumberOf(session.Database, batchId) is { } number && session.Prepared(CheckpointStatements.Clear).Bind(1, number).Bind(2, name).Execute() > 0);

    private static long? NumberOf(Database database, string? batchId) =>
        batchId is null ? CheckpointStatements.OfJournal : database.Prepared(BatchStatements.StandingById).Bind(1, batchId).Scalar();

    private JournalCheckpoint ToCheckpoint(Statement row, string? batchId) => new(row.Text(0)!, batchId, row.Text(1)!, row.Time(2), Location);

    private static string? MetadataOf(WriteSession session, BatchEntry batch)
    {
        var row = session.Prepared(BatchStatements.Metadata).Bind(1, batch.Number);
        row.Step();
        var metadata = row.Text(0);
        row.Reset();
        return metadata;
    }
}
