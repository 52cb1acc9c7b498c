using Journal.Sqlite.Reading;
using Journal.Sqlite.Statements;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Sqlite;

/// <content>What attempts emitted.</content>
internal sealed partial class SqliteJournalStore
{
    public string? ReadResult(long taskId, string stage) => Read(database =>
    {
        if (database.Prepared(TaskStatements.BatchOfTask).Bind(1, taskId).Scalar() is not { } batch) return null;
        if (_catalog.Batch(database, batch).IndexOf(stage) is not { } index) return null;
        var row = database.Prepared(ResultStatements.Read).Bind(1, taskId).Bind(2, index);
        if (!row.Step()) return null;
        var json = row.Text(0);
        row.Reset();
        return json;
    });

    public IEnumerable<StoredResult> ReadResults(ResultQuery query) => Stream(database => ResultReader.Read(database, _catalog, query));

    public IReadOnlyList<OutboxShare> ReadOutbox(string? batchId) => Read<IReadOnlyList<OutboxShare>>(database =>
        batchId is null ? ResultReader.ReadOutbox(database, null)
        : NumberOf(database, batchId) is { } number ? ResultReader.ReadOutbox(database, number)
        : []);

    public long TakeResults(string batchId, IReadOnlyList<WorkerIdentity> from, WorkerIdentity by) => Write(by, session =>
    {
        var batch = session.Batch(batchId).Number;
        long taken = session.Prepared(ResultStatements.Take).Bind(1, batch).BindNull(2).Bind(3, session.Author).Execute();
        foreach (var worker in from)
        {
            if (_catalog.FindWorker(session.Database, worker) is { } number) taken += session.Prepared(ResultStatements.Take).Bind(1, batch).Bind(2, number).Bind(3, session.Author).Execute();
        }

        return taken;
    });

    public void SettleResults(string batchId, WorkerIdentity by, IReadOnlyDictionary<long, int>? unwritten, WrittenResults written) => Write(by, session =>
    {
        var batch = session.Batch(batchId).Number;
        if (unwritten is null) session.Prepared(ResultStatements.GiveBack).Bind(1, batch).Bind(2, session.Author).Execute();
        foreach (var (task, count) in unwritten ?? new Dictionary<long, int>())
        {
            session.Prepared(ResultStatements.GiveBackOne).Bind(1, batch).Bind(2, session.Author).Bind(3, task).Bind(4, count).Execute();
        }

        if (written is not WrittenResults.AreInDoubt)
        {
            session.Prepared(written is WrittenResults.Leave ? ResultStatements.Leave : ResultStatements.Stay).Bind(1, batch).Bind(2, session.Author).Execute();
        }

        return true;
    });
}
