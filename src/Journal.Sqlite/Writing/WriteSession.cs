using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Rows;
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
    }

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

    // The audit trail --------------------------------------------------------------------------------------------

    /// <summary>Writes an event about a batch.</summary>
    public void Record(BatchEntry batch, JournalEventKind kind, JournalBatchStatus? from, JournalBatchStatus? to, string? reason) =>
        Record(batch, null, kind, (long?)from, (long?)to, null, reason);

    /// <summary>Writes an event about a task.</summary>
    public void Record(BatchEntry batch, long task, JournalEventKind kind, JournalTaskStatus? from, JournalTaskStatus? to, long stage, string? reason) =>
        Record(batch, task, kind, (long?)from, (long?)to, stage, reason);

    /// <summary>Writes an event of another journal again, with its own time and author.</summary>
    public void Restore(BatchEntry batch, RestoredEvent entry) => Record(
        batch, entry.Task == 0 ? null : entry.Task, entry.At, entry.Kind, entry.From, entry.To, entry.Stage, entry.Worker == 0 ? null : entry.Worker, entry.Reason);

    private void Record(BatchEntry batch, long? task, JournalEventKind kind, long? from, long? to, long? stage, string? reason) =>
        Record(batch, task, Now, kind, from, to, stage, Author, reason);

    private void Record(BatchEntry batch, long? task, long at, JournalEventKind kind, long? from, long? to, long? stage, long? worker, string? reason)
    {
        var id = _nextEvent ?? Prepared(TaskStatements.NextEvent).RequiredScalar();
        _nextEvent = id + 1;
        Prepared(HistoryStatements.InsertEvent)
            .Bind(1, id).Bind(2, at).Bind(3, batch.Number).Bind(4, task).Bind(5, (long)kind).Bind(6, from).Bind(7, to)
            .Bind(8, stage).Bind(9, worker).Bind(10, reason).Execute();
        batch.FirstEvent ??= id;
        batch.LastEvent = id;
        batch.Changed = true;
    }

    // The end ----------------------------------------------------------------------------------------------------

    /// <summary>A pause whose time is over ends at the next claim.</summary>
    public void LiftPause(BatchEntry batch)
    {
        if (batch.Status != JournalBatchStatus.Paused) return;
        LeavePause(batch, "The pause is over.");
    }

    /// <summary>Ends a pause.</summary>
    public void LeavePause(BatchEntry batch, string? reason)
    {
        var to = BatchLifecycle.Settle(JournalBatchStatus.Ready, batch.Counts, batch.StartedAt is not null);
        var from = batch.Status;
        Reach(batch, to);
        batch.LastResumedAt = Now;
        Record(batch, JournalEventKind.BatchResumed, from, to, reason);
    }

    /// <summary>The first claim of a batch.</summary>
    public void Start(BatchEntry batch)
    {
        if (batch.StartedAt is not null) return;
        batch.StartedAt = Now;
        var from = batch.Status;
        Reach(batch, BatchLifecycle.Settle(from, batch.Counts, started: true));
        Record(batch, JournalEventKind.BatchStarted, from, batch.Status, null);
    }

    /// <summary>Settles one batch after its tasks changed, with the event that tells.</summary>
    public void Settle(BatchEntry batch, string? reason = null)
    {
        var from = batch.Status;
        var to = BatchLifecycle.Settle(from, batch.Counts, batch.StartedAt is not null);
        if (to == from) return;
        var ended = from >= JournalBatchStatus.Completed;
        Reach(batch, to);
        if (to >= JournalBatchStatus.Completed)
        {
            Record(batch, JournalEventKind.BatchEnded, from, to, reason);
        }
        else if (ended)
        {
            batch.LastResumedAt = Now;
            Record(batch, JournalEventKind.BatchResumed, from, to, reason);
        }
    }

    /// <summary>Puts a batch in a status, with what belongs to that status.</summary>
    public void Reach(BatchEntry batch, JournalBatchStatus status)
    {
        batch.Status = status;
        batch.EndedAt = status >= JournalBatchStatus.Completed ? Now : null;
        if (status != JournalBatchStatus.Paused)
        {
            batch.PauseReason = null;
            batch.PausedUntil = null;
        }

        batch.Changed = true;
    }

    /// <summary>Settles every batch that changed and writes where each stands.</summary>
    public void Finish()
    {
        foreach (var batch in _batches.Values)
        {
            if (!batch.Changed) continue;
            Settle(batch);
            Prepared(BatchStatements.WriteStanding)
                .Bind(1, batch.Number).Bind(2, (long)batch.Status).Bind(3, batch.PauseReason).Bind(4, batch.PausedUntil)
                .Bind(5, batch.Counts.Pending).Bind(6, batch.Counts.InProgress).Bind(7, batch.Counts.Completed).Bind(8, batch.Counts.Failed)
                .Bind(9, batch.Counts.Skipped).Bind(10, batch.Counts.Canceled).Bind(11, batch.QuotaConsumed).Bind(12, batch.ActiveTime)
                .Bind(13, batch.StartedAt).Bind(14, batch.LastResumedAt).Bind(15, batch.EndedAt).Bind(16, batch.FirstTask).Bind(17, batch.LastTask)
                .Bind(18, batch.FirstEvent).Bind(19, batch.LastEvent).Bind(20, Now)
                .Execute();
        }
    }
}
