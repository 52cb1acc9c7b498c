using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>Reads tasks.</summary>
internal static class TaskReader
{
    /// <summary>Streams the tasks that match.</summary>
    public static IEnumerable<JournalTask> Read(Database database, Catalog catalog, TaskQuery query)
    {
        var filter = TaskFilter.Compile(database, catalog, query);
        if (filter.Where.IsEmpty) yield break;
        using var rows = database.Prepare($"SELECT {TaskStatements.Columns} {filter.FromWhere}{filter.OrderBy}{Paging.Clause(query.First, query.Skip)}");
        rows.BindAll(filter.Where.Values);
        var batch = default(BatchFacts);
        while (rows.Step())
        {
            var number = rows.Integer(StoredTask.BatchColumn);
            if (batch is null || batch.Number != number) batch = catalog.Batch(database, number);
            yield return Read(rows, batch, catalog, database);
        }
    }

    public static JournalTask? Find(Database database, Catalog catalog, long id)
    {
        var row = database.Prepared(TaskStatements.ById).Bind(1, id);
        if (!row.Step()) return null;
        var task = Read(row, catalog.Batch(database, row.Integer(StoredTask.BatchColumn)), catalog, database);
        row.Reset();
        return task;
    }

    /// <summary>Counts the tasks that match; from the batches' counters alone where the query allows it.</summary>
    public static long Count(Database database, Catalog catalog, TaskQuery query)
    {
        var filter = TaskFilter.Compile(database, catalog, query);
        if (filter.Where.IsEmpty) return 0;
        var rest = query with { BatchIds = null, Statuses = null, OrderBy = default, Descending = false, First = null, Skip = 0 };
        if (rest == TaskQuery.All) return query.Statuses is { } statuses ? statuses.Distinct().Sum(filter.Scope.Counts.Of) : filter.Scope.Counts.Total;
        using var rows = database.Prepare($"SELECT COUNT(*) {filter.FromWhere}");
        return rows.BindAll(filter.Where.Values).Scalar() ?? 0;
    }

    /// <summary>The ids of the tasks that match, for moves of many.</summary>
    public static List<long> Ids(Database database, Catalog catalog, TaskQuery query)
    {
        var ids = new List<long>();
        var filter = TaskFilter.Compile(database, catalog, query);
        if (filter.Where.IsEmpty) return ids;
        using var rows = database.Prepare($"SELECT id {filter.FromWhere}{filter.OrderBy}{Paging.Clause(query.First, query.Skip)}");
        rows.BindAll(filter.Where.Values);
        while (rows.Step()) ids.Add(rows.Integer(0));
        return ids;
    }

    /// <summary>The task of a row of TaskStatements.Columns.</summary>
    public static JournalTask Read(Statement row, BatchFacts batch, Catalog catalog, Database database) =>
        StoredTask.Read(row, batch, catalog.WorkerName(database, row.IntegerOrNull(StoredTask.WorkerColumn)), catalog.Location);
}
