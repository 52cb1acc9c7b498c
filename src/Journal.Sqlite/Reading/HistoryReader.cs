using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>Reads the audit trail and the attempts.</summary>
internal static class HistoryReader
{
    public static IEnumerable<JournalEvent> ReadEvents(Database database, Catalog catalog, EventQuery query)
    {
        var where = new Filter();
        if (query.BatchIds is not null)
        {
            var scope = BatchScope.Find(database, catalog, query.BatchIds);
            // Of single tasks the index knows all events; of a batch its range does.
            if (query.TaskIds is null) where.And("id BETWEEN ? AND ?", scope.FirstEvent, scope.LastEvent);
            where.In("batch", scope.Numbers);
        }

        if (query.TaskIds is { } tasks) where.In("task", tasks);
        where.InEnum("kind", query.Kinds).Between("at", query.Since, query.Until);
        if (query.AfterId > 0) where.And("id > ?", query.AfterId);
        if (where.IsEmpty) yield break;

        var sql = $"SELECT {HistoryStatements.EventColumns} FROM event{where}";
        sql += query.Last is { } last
            ? $" ORDER BY id DESC{Paging.Clause(last, 0)}"
            : $" ORDER BY id{Paging.Clause(query.First, 0)}";
        if (query.Last is not null) sql = $"SELECT * FROM ({sql}) ORDER BY id{Paging.Clause(query.First, 0)}";
        using var rows = database.Prepare(sql);
        rows.BindAll(where.Values);
        var batch = default(BatchFacts);
        while (rows.Step())
        {
            var number = rows.Integer(StoredHistory.BatchColumn);
            if (batch is null || batch.Number != number) batch = catalog.Batch(database, number);
            yield return StoredHistory.ReadEvent(rows, batch, catalog.WorkerName(database, rows.IntegerOrNull(StoredHistory.EventWorkerColumn)), catalog.Location);
        }
    }

    public static IReadOnlyList<AttemptTally> Tally(Database database)
    {
        var tallies = new List<AttemptTally>();
        using var rows = database.Prepare(HistoryStatements.Tally);
        while (rows.Step()) tallies.Add(StoredHistory.ReadTally(rows));
        return tallies;
    }

    public static IEnumerable<JournalAttempt> ReadAttempts(Database database, Catalog catalog, AttemptQuery query)
    {
        var where = new Filter();
        if (query.TaskIds is { } tasks) where.In("a.task", tasks);
        if (query.BatchIds is not null || query.Stages is not null)
        {
            var scope = BatchScope.Find(database, catalog, query.BatchIds);
            where.And("a.task BETWEEN ? AND ?", scope.FirstTask, scope.LastTask).In("a.batch", scope.Numbers);
            if (query.Stages is { } stages) where.InStages(scope.Facts, stages, "a.batch", "a.stage");
        }

        where.InEnum("a.outcome", query.Outcomes).InEnum("a.error_category", query.Categories).Between("a.ended_at", query.Since, query.Until);
        if (where.IsEmpty) yield break;
        using var rows = database.Prepare(
            $"SELECT {HistoryStatements.AttemptColumns} FROM attempt a LEFT JOIN task t ON t.id = a.task{where} ORDER BY a.task, a.number{Paging.Clause(query.First, query.Skip)}");
        rows.BindAll(where.Values);
        var batch = default(BatchFacts);
        while (rows.Step())
        {
            var number = rows.Integer(StoredHistory.BatchColumn);
            if (batch is null || batch.Number != number) batch = catalog.Batch(database, number);
            yield return StoredHistory.ReadAttempt(rows, batch, catalog.WorkerName(database, rows.IntegerOrNull(StoredHistory.AttemptWorkerColumn)), catalog.Location);
        }
    }
}
