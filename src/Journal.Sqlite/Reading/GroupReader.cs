using Journal.Sqlite.Engine;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>
/// Groups tasks: SQL filters and picks the columns, the rows are gathered in one pass in the order of the table.
/// </summary>
internal sealed class GroupReader
{
    private readonly Database _database;
    private readonly Catalog _catalog;
    private readonly GroupQuery _query;

    private GroupReader(Database database, Catalog catalog, GroupQuery query)
    {
        _database = database;
        _catalog = catalog;
        _query = query;
    }

    public static IEnumerable<TaskGroup> Read(Database database, Catalog catalog, GroupQuery query) =>
        FailureGroupReader.Answers(query) ? FailureGroupReader.Read(database, catalog, query) : new GroupReader(database, catalog, query).Gather();

    private IEnumerable<TaskGroup> Gather()
    {
        var tally = new GroupTally(_query);
        var filter = TaskFilter.Compile(_database, _catalog, _query.Scope with { First = null, Skip = 0 });
        if (filter.Where.IsEmpty) return [];
        var columns = string.Concat(_query.By.Select(static by => ", " + Column(by)));
        using var rows = _database.Prepare($"SELECT batch, status, duration, updated_at, id, key{columns} {filter.FromWhere}");
        rows.BindAll([.. _query.By.Where(static by => TaskGrouping.IsMember(by.Key)).Select(static by => by.Path), .. filter.Where.Values]);

        var batch = default(BatchFacts);
        while (rows.Step())
        {
            var number = rows.Integer(0);
            if (batch is null || batch.Number != number) batch = _catalog.Batch(_database, number);
            var task = new GroupedTask(rows.Integer(4), (JournalTaskStatus)rows.Integer(1), rows.IntegerOrNull(2), rows.Integer(3));
            tally.Add(task, i => Value(_query.By[i].Key, rows, 6 + i, batch), () => rows.Text(5)!);
        }

        return tally.ToGroups();
    }

    private static string Column(TaskGrouping by) => by.Key switch
    {
        TaskGroupKey.BatchId => "batch",
        TaskGroupKey.Status => "status",
        TaskGroupKey.ErrorCategory => "error_category",
        TaskGroupKey.Signature => "signature",
        TaskGroupKey.Worker => "worker",
        TaskGroupKey.Stage => "stage",
        TaskGroupKey.SourceType => "source_type",
        TaskGroupKey.QuotaProject => "quota_project",
        TaskGroupKey.TargetId => "target_id",
        TaskGroupKey.Metadata => $"{SqlFunctions.Member}(metadata, ?)",
        TaskGroupKey.Input => FormattableString.Invariant($"{SqlFunctions.Member}(CASE input_kind WHEN {(long)TaskInputKind.Json} THEN input END, ?)"),
        _ => "updated_at",
    };

    private object? Value(TaskGroupKey key, Statement row, int column, BatchFacts batch) => key switch
    {
        TaskGroupKey.BatchId => batch.Id,
        TaskGroupKey.Worker => _catalog.WorkerName(_database, row.IntegerOrNull(column)),
        TaskGroupKey.Stage => batch.StageAt(row.Integer(column)),
        TaskGroupKey.SourceType => row.Text(column) ?? batch.SourceType,
        TaskGroupKey.Metadata or TaskGroupKey.Input => row.Member(column),
        _ => row.Value(column),
    };
}

/// <summary>
/// Groups failed tasks by what went wrong from the index of failed tasks alone, which holds all that is asked: the question that is asked most
/// while a run is going wrong costs milliseconds among a million tasks.
/// </summary>
internal static class FailureGroupReader
{
    private const string Select = """
        SELECT error_category, signature, COUNT(*), MIN(updated_at), MAX(updated_at), MIN(id) FROM task INDEXED BY task_failed
        WHERE batch = ?1 AND status = 3 GROUP BY error_category, signature
        """;

    private const string SelectByCategory = """
        SELECT error_category, NULL, COUNT(*), MIN(updated_at), MAX(updated_at), MIN(id) FROM task INDEXED BY task_failed
        WHERE batch = ?1 AND status = 3 GROUP BY error_category
        """;

    private const string KeyOf = "SELECT key FROM task WHERE id = ?1";

    /// <summary>Whether the index can answer.</summary>
    public static bool Answers(GroupQuery query) =>
        query.Scope.Statuses is [JournalTaskStatus.Failed]
        && query.Scope with { BatchIds = null, Statuses = null, OrderBy = default, Descending = false, First = null, Skip = 0 } == TaskQuery.All
        && query.By.All(static by => by.Key is TaskGroupKey.BatchId or TaskGroupKey.Status or TaskGroupKey.ErrorCategory or TaskGroupKey.Signature);

    public static IEnumerable<TaskGroup> Read(Database database, Catalog catalog, GroupQuery query)
    {
        var sql = query.By.Any(static by => by.Key is TaskGroupKey.Signature) ? Select : SelectByCategory;
        var parts = new List<Part>();
        foreach (var batch in BatchScope.Find(database, catalog, query.Scope.BatchIds).Facts)
        {
            var row = database.Prepared(sql).Bind(1, batch.Number);
            while (row.Step()) parts.Add(new Part([.. query.By.Select(by => Value(by.Key, row, batch))], row.Integer(2), row.Integer(3), row.Integer(4), row.Integer(5)));
        }

        return parts.GroupBy(static part => part.Values, GroupValues.Comparer)
            .Select(group => Whole(database, group.Key, [.. group]))
            .OrderByDescending(static group => group.Count);
    }

    private static object? Value(TaskGroupKey key, Statement row, BatchFacts batch) => key switch
    {
        TaskGroupKey.BatchId => batch.Id,
        TaskGroupKey.Status => JournalTaskStatus.Failed,
        TaskGroupKey.ErrorCategory => (JournalErrorCategory)row.Integer(0),
        _ => row.Text(1),
    };

    private static TaskGroup Whole(Database database, object?[] values, IReadOnlyList<Part> parts)
    {
        var count = parts.Sum(static part => part.Count);
        var row = database.Prepared(KeyOf).Bind(1, parts.Min(static part => part.Example));
        var example = row.Step() ? row.Text(0) : null;
        row.Reset();
        return new TaskGroup(
            values, count, 0, count, null, null, null, Micros.ToTime(parts.Min(static part => part.First)), Micros.ToTime(parts.Max(static part => part.Last)), example);
    }

    private sealed record Part(object?[] Values, long Count, long First, long Last, long Example);
}
