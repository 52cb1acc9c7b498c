using Journal.Sqlite.Engine;
using Journal.Sqlite.Rows;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>
/// Groups tasks. SQL filters and picks the columns; the rows are gathered here, in one pass in the order of the table, because grouping in
/// SQL would sort all of them once for the groups and again for the ranks of their durations.
/// </summary>
internal sealed class GroupReader
{
    // Every zone's hours and days begin at one of these, today's zones' at least.
    private static readonly long QuarterHour = Micros.From(TimeSpan.FromMinutes(15));
    private static readonly long Minute = Micros.From(TimeSpan.FromMinutes(1));
    private static readonly long Second = Micros.From(TimeSpan.FromSeconds(1));

    private readonly Database _database;
    private readonly Catalog _catalog;
    private readonly GroupQuery _query;
    private readonly Dictionary<(TaskGroupKey, long), object> _boxes = [];

    private GroupReader(Database database, Catalog catalog, GroupQuery query)
    {
        _database = database;
        _catalog = catalog;
        _query = query;
    }

    public static IEnumerable<TaskGroup> Read(Database database, Catalog catalog, GroupQuery query) => FailureGroupReader.Answers(query)
        ? FailureGroupReader.Read(database, catalog, query)
        : new GroupReader(database, catalog, query).Gather().OrderByDescending(static group => group.Count).Select(static group => group.ToGroup());

    private List<Group> Gather()
    {
        var groups = new Dictionary<object?[], Group>(GroupValues.Comparer);
        var filter = TaskFilter.Compile(_database, _catalog, _query.Scope with { First = null, Skip = 0 });
        if (filter.Where.IsEmpty) return [];
        var columns = string.Concat(_query.By.Select(static by => ", " + Column(by)));
        using var rows = _database.Prepare($"SELECT batch, status, duration, updated_at, id, key{columns} {filter.FromWhere}");
        rows.BindAll([.. _query.By.Where(static by => by.Key == TaskGroupKey.Metadata).Select(static by => by.Path), .. filter.Where.Values]);

        var batch = default(BatchFacts);
        var group = default(Group);
        var values = new object?[_query.By.Count];
        while (rows.Step())
        {
            var number = rows.Integer(0);
            if (batch is null || batch.Number != number) batch = _catalog.Batch(_database, number);
            for (var i = 0; i < values.Length; i++) values[i] = Value(_query.By[i].Key, rows, 6 + i, batch);
            // Neighbours are mostly alike.
            if (group is null || !GroupValues.Comparer.Equals(values, group.Values)) groups.TryGetValue(values, out group);
            if (group is null)
            {
                group = new Group([.. values]);
                groups.Add(group.Values, group);
            }

            group.Add(rows);
        }

        return [.. groups.Values];
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
        TaskGroupKey.Metadata => $"{SqlFunctions.Member}(metadata, ?)",
        _ => "updated_at",
    };

    private object? Value(TaskGroupKey key, Statement row, int column, BatchFacts batch) => key switch
    {
        TaskGroupKey.BatchId => batch.Id,
        TaskGroupKey.Status => Box(key, row.Integer(column), static number => (JournalTaskStatus)number),
        TaskGroupKey.ErrorCategory => Box(key, row.Integer(column), static number => (JournalErrorCategory)number),
        TaskGroupKey.Worker => _catalog.WorkerName(_database, row.IntegerOrNull(column)),
        TaskGroupKey.Stage => batch.StageAt(row.Integer(column)),
        TaskGroupKey.SourceType => row.Text(column) ?? batch.SourceType,
        TaskGroupKey.Second => Box(key, row.Integer(column) / Second, number => Local(number * Second)),
        TaskGroupKey.Minute => Box(key, row.Integer(column) / Minute, number => Local(number * Minute)),
        TaskGroupKey.Hour => Box(key, row.Integer(column) / QuarterHour, number => CalendarDay.HourOf(Local(number * QuarterHour))),
        TaskGroupKey.Day => Box(key, row.Integer(column) / QuarterHour, number => CalendarDay.StartOf(Local(number * QuarterHour), _query.Zone)),
        _ => row.Value(column),
    };

    private DateTimeOffset Local(long micros) => TimeZoneInfo.ConvertTime(Micros.ToTime(micros), _query.Zone);

    private object Box<T>(TaskGroupKey key, long number, Func<long, T> value) where T : struct
    {
        if (!_boxes.TryGetValue((key, number), out var box)) _boxes.Add((key, number), box = value(number));
        return box;
    }

    private sealed class Group(object?[] values)
    {
        private readonly DurationSample _durations = new();
        private long _succeeded;
        private long _failed;
        private long _first = long.MaxValue;
        private long _last;
        private long _exampleId = long.MaxValue;
        private string? _example;

        public object?[] Values { get; } = values;

        public long Count { get; private set; }

        public void Add(Statement row)
        {
            Count++;
            var status = (JournalTaskStatus)row.Integer(1);
            if (status is JournalTaskStatus.Completed or JournalTaskStatus.Skipped) _succeeded++;
            if (status is JournalTaskStatus.Failed) _failed++;
            if (status is JournalTaskStatus.Completed && row.IntegerOrNull(2) is { } duration) _durations.Add(duration);
            var changed = row.Integer(3);
            _first = Math.Min(_first, changed);
            _last = Math.Max(_last, changed);
            if (row.Integer(4) is var id && id < _exampleId)
            {
                _exampleId = id;
                _example = row.Text(5);
            }
        }

        public TaskGroup ToGroup() => new(
            Values, Count, _succeeded, _failed, _durations.Mean, _durations.Median, _durations.P95, Micros.ToTime(_first), Micros.ToTime(_last), _example);
    }
}
