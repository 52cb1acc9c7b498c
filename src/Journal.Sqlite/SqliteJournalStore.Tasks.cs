using Journal.Lifecycle;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Statements;
using Journal.Sqlite.Writing;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Sqlite;

/// <content>Tasks, their moves and their history.</content>
internal sealed partial class SqliteJournalStore
{
    public AddResult AddTasks(string batchId, IReadOnlyList<NewTask> tasks, WorkerIdentity? by = null, bool mends = false) =>
        Write(by, session => TaskAdder.Add(session, session.Batch(batchId), tasks, mends));

    public JournalTask? FindTask(long taskId) => Read(database => TaskReader.Find(database, _catalog, taskId));

    public IEnumerable<JournalTask> ReadTasks(TaskQuery query) => Stream(database => TaskReader.Read(database, _catalog, query));

    public long CountTasks(TaskQuery query) => Read(database => TaskReader.Count(database, _catalog, query));

    // Moves ------------------------------------------------------------------------------------------------------

    public ExchangeResult Exchange(ExchangeRequest request) => Write(request.Worker, session =>
    {
        var batch = session.Batch(request.BatchId);
        var writer = new MoveWriter(session, session.Author);
        batch.Changed |= batch.Standing.RenewQuota(session.Facts(batch).Options.QuotaReset, session.Now);
        var moves = new MoveResult[request.Moves.Count];
        for (var i = 0; i < moves.Length; i++) moves[i] = writer.Apply(request.Moves[i], request.Lease);
        batch.Standing.Settle(session.Now, session.RecorderOf(batch));
        session.Keys.Settle();
        var claimed = Claims.Take(session, batch, request);
        var nextDue = claimed.Count < request.Claim ? Claims.NextDue(session, batch, request.Stage) : null;
        return new ExchangeResult(moves, claimed, batch.Standing.ToState(nextDue), session.Facts(batch).Options);
    });

    public IReadOnlyList<MoveResult> Apply(IReadOnlyList<TaskMove> moves, WorkerIdentity? by = null) => Write(by, session =>
    {
        var writer = new MoveWriter(session);
        return moves.Select(move => writer.Apply(move)).ToArray();
    });

    public long ApplyToAll(TaskMove move, TaskQuery scope, WorkerIdentity? by = null) => Write(by, session =>
    {
        var ids = TaskReader.Ids(session.Database, _catalog, scope);
        var writer = new MoveWriter(session);
        return ids.LongCount(id => writer.Apply(move.Of(id)).Outcome == MoveOutcome.Applied);
    });

    public JournalTask AmendTask(long taskId, TaskAmendment amendment, WorkerIdentity? by = null) => Write(by, session =>
    {
        TaskAmender.Apply(session, taskId, amendment);
        return TaskReader.Find(session.Database, _catalog, taskId)!;
    });

    public int RenewLeases(WorkerIdentity worker, string batchId, TimeSpan lease) => Write(worker, session =>
        _catalog.FindWorker(session.Database, worker) is { } number && NumberOf(session.Database, batchId) is { } batch
            ? session.Prepared(TaskStatements.Renew).Bind(1, batch).Bind(2, number).Bind(3, session.Now + Micros.From(lease)).Execute()
            : 0);

    public IReadOnlyList<InFlightTask> ReadInFlight(string? batchId) => Read(database =>
    {
        var tasks = new List<InFlightTask>();
        var number = batchId is null ? null : NumberOf(database, batchId);
        if (batchId is not null && number is null) return tasks;
        var now = Micros.From(Now);
        var row = database.Prepared(WorkerStatements.InFlight).Bind(1, number);
        while (row.Step())
        {
            var batch = _catalog.Batch(database, row.Integer(1));
            var worker = row.IsNull(7) ? null : StoredHistory.ReadWorker(row, 8);
            tasks.Add(new InFlightTask(
                row.Integer(0), batch.Id, row.Text(2)!, row.Integer(3), worker, row.Integer(4) <= now, (int)row.Integer(5), batch.Options, Micros.ToTime(row.Integer(6))));
        }

        return tasks;
    });

    // Temporary files --------------------------------------------------------------------------------------------

    public void AddTempFile(long taskId, string path) => Write(null, session =>
    {
        if (session.Prepared(TaskStatements.BatchOfTask).Bind(1, taskId).Scalar() is null) throw JournalErrors.TaskNotFound(taskId);
        return session.Prepared(TaskStatements.AddTempFile).Bind(1, taskId).Bind(2, path).Execute();
    });

    public IReadOnlyList<string> ReadTempFiles(long taskId) => Read(database =>
    {
        var paths = new List<string>();
        var row = database.Prepared(TaskStatements.TempFiles).Bind(1, taskId);
        while (row.Step()) paths.Add(row.Text(0)!);
        return paths;
    });

    public void ClearTempFiles(long taskId) => Write(null, session => session.Prepared(TaskStatements.ClearTempFiles).Bind(1, taskId).Execute());

    // History and figures ----------------------------------------------------------------------------------------

    public IEnumerable<JournalAttempt> ReadAttempts(AttemptQuery query) => Stream(database => HistoryReader.ReadAttempts(database, _catalog, query));

    public IReadOnlyList<AttemptTally> TallyAttempts() => Read(HistoryReader.Tally);

    public void AddEvent(string batchId, long? taskId, NewEvent entry, WorkerIdentity? by = null) => Write(by, session =>
    {
        var batch = session.Batch(batchId);
        var reason = StoredHistory.ReasonOf(entry);
        if (taskId is not { } task)
        {
            session.Record(batch, JournalEventKind.Noted, null, null, reason);
            return true;
        }

        var row = session.Prepared(TaskStatements.Standing).Bind(1, task);
        if (!row.Step() || row.Integer(2) != batch.Number) throw JournalErrors.TaskNotFound(task);
        var stage = row.Integer(3);
        row.Reset();
        session.Record(batch, task, JournalEventKind.Noted, null, null, stage, reason);
        return true;
    });

    public IEnumerable<JournalEvent> ReadEvents(EventQuery query) => Stream(database => HistoryReader.ReadEvents(database, _catalog, query));

    public IEnumerable<TaskGroup> GroupTasks(GroupQuery query) => Stream(database => GroupReader.Read(database, _catalog, query));

    public BatchFigures ReadFigures(string batchId) => Read(database => FigureReader.Read(database, _catalog, batchId));
}
