using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Reading;
using Journal.Postgres.Statements;
using Journal.Postgres.Writing;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Postgres;

/// <content>Tasks, their moves and their history.</content>
internal sealed partial class PostgresJournalStore
{
    public AddResult AddTasks(string batchId, IReadOnlyList<NewTask> tasks, WorkerIdentity? by = null, bool mends = false) => Write<AddResult>(by, session =>
    {
        session.Pipeline.Patience = 0;
        var result = TaskAdder.Add(session, session.Enter(batchId, BatchHold.Adding), tasks, mends);
        return () => result;
    });

    public JournalTask? FindTask(long taskId) => Read(session => TaskReader.Find(session.Pipeline, _catalog, Location, taskId));

    public IEnumerable<JournalTask> ReadTasks(TaskQuery query) => Stream(session => TaskReader.Read(session, query));

    public long CountTasks(TaskQuery query) => Read(session => TaskReader.Count(session, query));

    // Moves ------------------------------------------------------------------------------------------------------

    public ExchangeResult Exchange(ExchangeRequest request) => Write<ExchangeResult>(
        request.Worker,
        session =>
        {
            var writer = new MoveWriter(session, request.Moves, session.Author);
            var batch = session.Enter(request.BatchId, BatchHold.Shared, writer.LockTasks);
            batch.RenewQuota(session.Now);
            var moves = writer.Apply(request.Lease);
            var claims = new Claims(session, batch, request);
            claims.Take(session.Pipeline);
            session.Last = claims.LookAhead;
            return () => new ExchangeResult(moves, claims.Claimed, (claims.Standing ?? session.StandingOf(batch)).ToState(claims.NextDue), batch.Facts.Options);
        },
        request);

    public IReadOnlyList<MoveResult> Apply(IReadOnlyList<TaskMove> moves, WorkerIdentity? by = null) => Write<IReadOnlyList<MoveResult>>(by, session =>
    {
        var results = Move(session, moves);
        return () => results;
    });

    public long ApplyToAll(TaskMove move, TaskQuery scope, WorkerIdentity? by = null) => Write<long>(by, session =>
    {
        session.Pipeline.Patience = 0;
        session.Pipeline.Send();
        var ids = TaskReader.Ids(new ReadSession(session.Connection, _catalog, Location), scope);
        var results = Move(session, ids.ConvertAll(move.Of));
        return () => results.LongCount(static result => result.Outcome == MoveOutcome.Applied);
    });

    public JournalTask AmendTask(long taskId, TaskAmendment amendment, WorkerIdentity? by = null) => Write<JournalTask>(by, session =>
    {
        TaskAmender.Apply(session, taskId, amendment);
        session.Keys.Settle();
        session.Pipeline.Send();
        var task = TaskReader.Find(session.Pipeline, _catalog, Location, taskId)!;
        return () => task;
    });

    public int RenewLeases(WorkerIdentity worker, string batchId, TimeSpan lease) => Write<int>(worker, session =>
    {
        if (_catalog.NumberOf(session.Pipeline, batchId) is not { } number) return static () => 0;
        session.Pipeline.Send();
        session.Pipeline.Add(new Command(TaskStatements.Renew).With(number).With(session.Author).With(session.Now + Micros.From(lease))).Send();
        var renewed = session.Pipeline.Changes;
        return () => renewed;
    });

    public IReadOnlyList<InFlightTask> ReadInFlight(string? batchId) => Read(session =>
    {
        var tasks = new List<InFlightTask>();
        var number = batchId is null ? null : NumberOf(session, batchId);
        if (batchId is not null && number is null) return tasks;
        var batches = session.All;
        var now = Micros.From(Now);
        session.Pipeline.Add(new Command(WorkerStatements.InFlight).With(number), row =>
        {
            var batch = session.Batch(batches, row.Integer(1));
            var worker = row.IsNull(7) ? null : StoredHistory.ReadWorker(row, 8);
            tasks.Add(new InFlightTask(row.Integer(0), batch.Id, row.Text(2), row.Integer(3), worker, row.Integer(4) <= now, (int)row.Integer(5), batch.Options, Micros.ToTime(row.Integer(6))));
        }).Send();
        return tasks;
    });

    private static MoveResult[] Move(WriteSession session, IReadOnlyList<TaskMove> moves)
    {
        // The batches are known before any task is locked: the order of locks is the same for everybody.
        var batches = new List<long>();
        session.Pipeline.Add(new Command(TaskStatements.BatchesOfTasks).With(moves.Select(static move => move.TaskId).Distinct()), row => batches.Add(row.Integer(0))).Send();
        var writer = new MoveWriter(session, moves);
        session.Enter(batches, BatchHold.Shared, writer.LockTasks);
        return writer.Apply();
    }

    // Temporary files --------------------------------------------------------------------------------------------

    public void AddTempFile(long taskId, string path) => Write<bool>(null, session =>
    {
        session.Pipeline.Send();
        session.Pipeline.Add(new Command(TaskStatements.AddTempFile).With(taskId).With(path).With(Digest.Of(path))).Send();
        if (session.Pipeline.Changes == 0) throw JournalErrors.TaskNotFound(taskId);
        return static () => true;
    });

    public IReadOnlyList<string> ReadTempFiles(long taskId) => Read(session =>
    {
        var paths = new List<string>();
        session.Pipeline.Add(new Command(TaskStatements.TempFiles).With(taskId), row => paths.Add(row.Text(0))).Send();
        return paths;
    });

    public void ClearTempFiles(long taskId) => Write<bool>(null, session =>
    {
        session.Pipeline.Add(new Command(TaskStatements.ClearTempFiles).With(taskId));
        return static () => true;
    });

    // History and figures ----------------------------------------------------------------------------------------

    public IEnumerable<JournalAttempt> ReadAttempts(AttemptQuery query) => Stream(session => HistoryReader.ReadAttempts(session, query));

    public IReadOnlyList<AttemptTally> TallyAttempts() => Read(HistoryReader.Tally);

    public void AddEvent(string batchId, long? taskId, NewEvent entry, WorkerIdentity? by = null) => Write<bool>(by, session =>
    {
        session.CommitDurably();
        var reason = StoredHistory.ReasonOf(entry);
        if (taskId is not { } task)
        {
            session.Enter(batchId, BatchHold.Alone).Order((_, record) => record(JournalEventKind.Noted, null, null, reason));
            return static () => true;
        }

        long? of = null;
        session.Pipeline.Add(new Command(TaskStatements.BatchesOfTasks).With([task]), row => of = row.Integer(0));
        long? stage = null;
        var batch = session.Enter(batchId, BatchHold.Shared, pipeline => pipeline.Add(new Command(TaskStatements.LockStanding).With(task), row => stage = row.Integer(2)));
        if (stage is not { } known || of != batch.Number) throw JournalErrors.TaskNotFound(task);
        session.Record(batch, task, JournalEventKind.Noted, null, null, known, reason);
        return static () => true;
    });

    public IEnumerable<JournalEvent> ReadEvents(EventQuery query) =>
        Stream(session => HistoryReader.ReadEvents(session, query), awaitsTrail: query.TaskIds is null && query.BatchIds is not { Count: <= 1 });

    public IEnumerable<TaskGroup> GroupTasks(GroupQuery query) => Stream(session => GroupReader.Read(session, query));

    public BatchFigures ReadFigures(string batchId) => Read(session => FigureReader.Read(session, batchId));
}
