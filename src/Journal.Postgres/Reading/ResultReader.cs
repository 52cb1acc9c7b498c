using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Postgres.Reading;

/// <summary>Reads what attempts emitted.</summary>
internal static class ResultReader
{
    public static IEnumerable<StoredResult> Read(ReadSession session, ResultQuery query)
    {
        var where = new Filter().And("r.json IS NOT NULL");
        var batches = session.All;
        if (query.TaskIds is { } tasks) where.In("r.task", tasks);
        if (query.BatchIds is { } ids) where.In("r.batch", session.Batches(ids).Select(static batch => batch.Number));
        if (query.Writers is { } writers) where.And("r.awaits = 1").In("r.writer", NumbersOf(session, writers));
        if (!query.AllStages) AddStages(where, batches, query.Stages);
        where.Between("r.at", query.Since, query.Until);
        if (where.IsEmpty) return [];
        var order = query.Writers is null ? "r.task, r.stage" : "r.no";
        var sql = $"SELECT {ResultStatements.Columns} FROM result r JOIN batch b ON b.no = r.batch LEFT JOIN worker w ON w.no = r.writer{where} ORDER BY {order}";
        return session.Pipeline.Stream(where.ToCommand(sql)).Select(row => StoredResults.Read(row, session.Batch(batches, row.Integer(StoredResults.BatchColumn))));
    }

    public static IReadOnlyList<OutboxShare> ReadOutbox(ReadSession session, long? batch)
    {
        var shares = new List<OutboxShare>();
        session.Pipeline.Add(new Command(ResultStatements.Shares).With(batch), row => shares.Add(StoredResults.ReadShare(row))).Send();
        return shares;
    }

    private static List<long> NumbersOf(ReadSession session, IReadOnlyList<WorkerIdentity> writers)
    {
        var numbers = new List<long>();
        session.Pipeline.Add(new Command(ResultStatements.WriterNumbers).With(writers.Select(Catalog.DigestOf)), row => numbers.Add(row.Integer(0))).Send();
        return numbers;
    }

    private static void AddStages(Filter where, IReadOnlyDictionary<long, BatchFacts> batches, IReadOnlyList<string>? stages)
    {
        if (stages is null) where.And("r.stage = GREATEST(b.stage_count - 1, 0)");
        else where.InStages(batches.Values, stages, "r.batch", "r.stage");
    }
}
