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
