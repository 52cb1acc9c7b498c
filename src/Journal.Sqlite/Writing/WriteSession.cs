using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Statements;
using Journal.Workers;

namespace Journal.Sqlite.Writing;

/// <summary>
/// One write transaction: its time, its author, the audit trail it writes, and the batches it touches. What follows from all its moves
/// together (counters, a batch's status) is settled once, at its end.
/// </summary>
internal sealed class WriteSession
{
    private readonly Dictionary<long, BatchEntry> _batches = [];
    private readonly WorkerIdentity? _author;
    private long? _authorNumber;
    private long? _nextEvent;

    public WriteSession(Database database, Catalog catalog, DateTimeOffset time, WorkerIdentity? author)
    {
        Database = database;
        Catalog = catalog;
        Time = time;
        Now = Micros.From(time);
        _author = author;
        Keys = new KeyedPace(this);
    }

    /// <summary>The limits by key.</summary>
    public KeyedPace Keys { get; }

    public Database Database { get; }

    public Catalog Catalog { get; }

    /// <summary>The one instant at which everything in the transaction happens.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The same, as it is stored.</summary>
    public long Now { get; }

    /// <summary>The number of the worker that writes; null when nobody said.</summary>
    public long? Author => _author is null ? null : _authorNumber ??= Catalog.Enrol(Database, _author);

    public Statement Prepared(string sql) => Database.Prepared(sql);

    // Batches ----------------------------------------------------------------------------------------------------

    /// <exception cref="JournalException">BatchNotFound.</exception>
    public BatchEntry Batch(string id) => FindBatch(id) ?? throw JournalErrors.BatchNotFound(id);

    public BatchEntry? FindBatch(string id) => Load(Prepared(BatchStatements.StandingById).Bind(1, id));

    public BatchEntry Batch(long number) =>
        _batches.TryGetValue(number, out var entry) ? entry
        : Load(Prepared(BatchStatements.StandingByNumber).Bind(1, number))
            ?? throw JournalErrors.JournalCorrupt(Database.Path, $"batch number {number} is missing");

    public BatchFacts Facts(BatchEntry batch) => Catalog.Batch(Database, batch.Number, batch.Revision);

    private BatchEntry? Load(Statement row)
    {
        if (!row.Step()) return null;
        var entry = _batches.TryGetValue(row.Integer(0), out var known) ? known : new BatchEntry(row);
        row.Reset();
        _batches[entry.Number] = entry;
        return entry;
    }

    /// <summary>Charges what a report says to a batch, and to its projects.</summary>
    /// <param name="project">The project that its task charged last.</param>
    public void Charge(BatchEntry batch, TaskReport report, string? project, BatchOptions options)
    {
        if (report.Quota == 0) return;
        batch.Standing.NoteCharge(report.Quota);
        foreach (var (charged, units) in MoveEffects.Charges(report, project))
        {
            batch.Standing.ChargeProject(units, charged, options.QuotaLimits);
            Prepared(BatchStatements.ChargeQuota).Bind(1, batch.Number).Bind(2, charged ?? "").Bind(3, units).Execute();
        }
    }

    // The audit trail --------------------------------------------------------------------------------------------

    /// <summary>Writes what a batch's standing tells of its changes.</summary>
    public BatchRecorder RecorderOf(BatchEntry batch) => (kind, from, to, reason) => Record(batch, kind, from, to, reason);

    /// <summary>Writes an event about a batch.</summary>
    public void Record(BatchEntry batch, JournalEventKind kind, JournalBatchStatus? from, JournalBatchStatus? to, string? reason) =>
        Record(batch, null, kind, (long?)from, (long?)to, null, reason);

    /// <summary>Writes an event about a task.</summary>
    /// <returns>Its id.</returns>
    public long Record(BatchEntry batch, long task, JournalEventKind kind, JournalTaskStatus? from, JournalTaskStatus? to, long stage, string? reason) =>
        Record(batch, task, kind, (long?)from, (long?)to, stage, reason);

    /// <summary>Writes an event of another journal again, with its own time and author.</summary>
    public void Restore(BatchEntry batch, RestoredEvent entry) => Record(
        batch, entry.Task == 0 ? null : entry.Task, entry.At, entry.Kind, entry.From, entry.To, entry.Stage, entry.Worker == 0 ? null : entry.Worker, entry.Reason);

    private long Record(BatchEntry batch, long? task, JournalEventKind kind, long? from, long? to, long? stage, string? reason) =>
        Record(batch, task, Now, kind, from, to, stage, Author, reason);

    private long Record(BatchEntry batch, long? task, long at, JournalEventKind kind, long? from, long? to, long? stage, long? worker, string? reason)
    {
        var id = _nextEvent ?? Prepared(TaskStatements.NextEvent).RequiredScalar();
        _nextEvent = id + 1;
        Prepared(HistoryStatements.InsertEvent)
            .Bind(1, id).Bind(2, at).Bind(3, batch.Number).Bind(4, task).Bind(5, (long)kind).Bind(6, from).Bind(7, to)
            .Bind(8, stage).Bind(9, worker).Bind(10, reason).Execute();
        batch.NoteEvent(id);
        return id;
    }

    // The end ----------------------------------------------------------------------------------------------------

    /// <summary>Settles every batch that changed and writes where each stands.</summary>
    public void Finish()
    {
        Keys.Settle();
        foreach (var batch in _batches.Values)
        {
            if (!batch.Changed) continue;
            var standing = batch.Standing;
            standing.Settle(Now, RecorderOf(batch));
            Prepared(BatchStatements.WriteStanding)
                .Bind(1, batch.Number).Bind(2, (long)standing.Status).Bind(3, standing.PauseReason).Bind(4, standing.PausedUntil)
                .Bind(5, standing.Counts.Pending).Bind(6, standing.Counts.InProgress).Bind(7, standing.Counts.Completed).Bind(8, standing.Counts.Failed)
                .Bind(9, standing.Counts.Skipped).Bind(10, standing.Counts.Canceled).Bind(11, standing.QuotaConsumed).Bind(12, standing.ActiveTime)
                .Bind(13, standing.StartedAt).Bind(14, standing.LastResumedAt).Bind(15, standing.EndedAt).Bind(16, batch.FirstTask).Bind(17, batch.LastTask)
                .Bind(18, batch.FirstEvent).Bind(19, batch.LastEvent).Bind(20, Now)
                .Bind(21, standing.Pace.At).Bind(22, standing.Pace.Spent).Bind(23, standing.Pace.HoldUntil).Bind(24, standing.Pace.HoldReason)
                .Bind(25, standing.QuotaBefore).Bind(26, standing.QuotaSince).Bind(27, standing.QuotaCharges).Bind(28, StoredBatch.TextOf(standing.QuotaUse))
                .Execute();
        }
    }
}
