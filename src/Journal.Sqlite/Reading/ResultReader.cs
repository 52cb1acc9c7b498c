using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Sqlite.Reading;

/// <summary>Reads what attempts emitted.</summary>
internal static class ResultReader
{
    public static IEnumerable<StoredResult> Read(Database database, Catalog catalog, ResultQuery query)
    {
        var where = new Filter();
        var scope = BatchScope.Find(database, catalog, query.BatchIds);
        if (query.TaskIds is { } tasks) where.In("r.task", tasks);
        if (query.BatchIds is not null || query.TaskIds is null) where.In("r.batch", scope.Numbers);
        if (query.Writers is { } writers) where.And("r.awaits = 1").In("r.writer", NumbersOf(database, catalog, writers));
        else if (query.TaskIds is null) where.And("r.task BETWEEN ? AND ?", scope.FirstTask, scope.LastTask);
        if (!query.AllStages) AddStages(where, scope, query.Stages);
        where.Between("r.at", query.Since, query.Until);
        if (where.IsEmpty) yield break;
        var order = query.Writers is null ? "r.task, r.stage" : "r.no, r.task";
        using var rows = database.Prepare($"SELECT {ResultStatements.Columns} FROM result r LEFT JOIN worker w ON w.no = r.writer{where} ORDER BY {order}");
        rows.BindAll(where.Values);
        while (rows.Step()) yield return StoredResults.Read(rows, catalog.Batch(database, rows.Integer(StoredResults.BatchColumn)));
    }

    public static IReadOnlyList<OutboxShare> ReadOutbox(Database database, long? batch)
    {
        var shares = new List<OutboxShare>();
        var rows = database.Prepared(ResultStatements.Shares).Bind(1, batch);
        while (rows.Step()) shares.Add(StoredResults.ReadShare(rows));
        return shares;
    }

    private static IEnumerable<long> NumbersOf(Database database, Catalog catalog, IReadOnlyList<WorkerIdentity> writers) =>
        writers.Select(writer => catalog.FindWorker(database, writer)).OfType<long>();

    private static void AddStages(Filter where, BatchScope scope, IReadOnlyList<string>? stages)
    {
        if (stages is null) where.And("r.stage = (SELECT MAX(b.stage_count - 1, 0) FROM batch b WHERE b.no = r.batch)");
        else where.InStages(scope.Facts, stages, "r.batch", "r.stage");
    }
}
