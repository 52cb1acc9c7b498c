using Journal.Postgres.Engine;
using Journal.Postgres.Reading;
using Journal.Postgres.Statements;
using Journal.Postgres.Writing;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Postgres;

/// <content>What attempts emitted.</content>
internal sealed partial class PostgresJournalStore
{
    public string? ReadResult(long taskId, string stage) => Read(session =>
    {
        var results = new List<(long Batch, long Stage, string Json)>();
        session.Pipeline.Add(new Command(ResultStatements.Read).With(taskId), row => results.Add((row.Integer(0), row.Integer(1), row.Text(2)))).Send();
        if (results.Count == 0) return null;
        var index = session.Batch(session.All, results[0].Batch).IndexOf(stage);
        return results.Where(result => result.Stage == index).Select(static result => result.Json).FirstOrDefault();
    });

    public IEnumerable<StoredResult> ReadResults(ResultQuery query) => Stream(session => ResultReader.Read(session, query));

    public IReadOnlyList<OutboxShare> ReadOutbox(string? batchId) => Read<IReadOnlyList<OutboxShare>>(session =>
        batchId is null ? ResultReader.ReadOutbox(session, null)
        : NumberOf(session, batchId) is { } number ? ResultReader.ReadOutbox(session, number)
        : []);

    public long TakeResults(string batchId, IReadOnlyList<WorkerIdentity> from, WorkerIdentity by) => Write<long>(by, session =>
    {
        var batch = session.Enter(batchId, BatchHold.Alone).Number;
        var numbers = new List<long>();
        session.Pipeline.Add(new Command(ResultStatements.WriterNumbers).With(from.Select(Catalog.DigestOf)), row => numbers.Add(row.Integer(0))).Send();
        session.Pipeline.Add(new Command(ResultStatements.Take).With(batch).With(numbers).With(session.Author)).Send();
        var taken = session.Pipeline.Changes;
        return () => taken;
    });

    public void SettleResults(string batchId, WorkerIdentity by, IReadOnlyDictionary<long, int>? unwritten, WrittenResults written) => Write<bool>(by, session =>
    {
        var batch = session.Enter(batchId, BatchHold.Shared).Number;
        session.Pipeline.Add(unwritten is null
            ? new Command(ResultStatements.GiveBackAll).With(batch).With(session.Author)
            : new Command(ResultStatements.GiveBack).With(batch).With(session.Author).With(unwritten.Keys).With(unwritten.Values));
        if (written is not WrittenResults.AreInDoubt)
        {
            session.Pipeline.Add(new Command(written is WrittenResults.Leave ? ResultStatements.Leave : ResultStatements.Stay).With(batch).With(session.Author));
        }

        return static () => true;
    });
}
