using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>A <see cref="TaskQuery"/> as SQL: where to look, what must hold, in which order. Everything a user says is a parameter.</summary>
internal sealed class TaskFilter
{
    // Below this share of a batch its failed or running tasks are found faster by their index than by reading all in order.
    private const int FewPerHundred = 5;

    // So few are worth going through whatever else the journal holds.
    private const int Few = 1000;

    private readonly Database _database;
    private readonly Catalog _catalog;
    private readonly TaskQuery _query;

    private TaskFilter(Database database, Catalog catalog, TaskQuery query)
    {
        _database = database;
        _catalog = catalog;
        _query = query;
        Scope = BatchScope.Find(database, catalog, query.BatchIds);
    }

    public BatchScope Scope { get; }

    public Filter Where { get; } = new();

    /// <summary>The table with the way to go through it.</summary>
    public string Source { get; private set; } = "task NOT INDEXED";

    public static TaskFilter Compile(Database database, Catalog catalog, TaskQuery query)
    {
        var filter = new TaskFilter(database, catalog, query);
        filter.AddPlace();
        filter.AddTexts();
        filter.AddMetadata();
        return filter;
    }

    /// <summary>FROM and WHERE.</summary>
    public string FromWhere => $"FROM {Source}{Where}";

    /// <summary>ORDER BY, with what has no value last in either direction.</summary>
    public string OrderBy
    {
        get
        {
            var direction = _query.Descending ? " DESC" : "";
            if (_query.OrderBy == TaskOrder.Id) return $" ORDER BY id{direction}";
            var column = _query.OrderBy switch
            {
                TaskOrder.Key => "key",
                TaskOrder.Status => "status",
                TaskOrder.Duration => "duration",
                TaskOrder.Attempts => "attempts",
                TaskOrder.Priority => "priority",
                TaskOrder.Weight => "weight",
                TaskOrder.CreatedAt => "created_at",
                TaskOrder.UpdatedAt => "updated_at",
                TaskOrder.StartedAt => "started_at",
                TaskOrder.EndedAt => "ended_at",
                _ => "quota",
            };
            var nullsLast = _query.OrderBy is TaskOrder.Duration or TaskOrder.StartedAt or TaskOrder.EndedAt ? $"{column} IS NULL, " : "";
            return $" ORDER BY {nullsLast}{column}{direction}, id";
        }
    }

    private void AddPlace()
    {
        if (Scope.Facts.Count == 0)
        {
            Where.Never();
            return;
        }

        Where.InEnum("status", _query.Statuses).InEnum("error_category", _query.Categories).Between("updated_at", _query.Since, _query.Until);
        if (_query.AfterId > 0) Where.And("id > ?", _query.AfterId);
        if (_query.Ids is not null)
        {
            Where.In("id", _query.Ids);
            if (!Scope.IsAll) Where.In("+batch", Scope.Numbers);
            Source = "task";
        }
        else if (_query.Keys is { Count: > 0 } keys && keys.All(static key => !key.IsPattern))
        {
            Where.In("batch", Scope.Numbers);
            Source = $"task INDEXED BY {KeyRanges.Index}";
        }
        else if (KeyRangesOf() is var ranges && ranges is null or { IsOne: true } && IsFirstByKey)
        {
            AddInOrderOfKeys(ranges);
        }
        else if (ranges?.HoldAtMost(_database, Math.Max(Few, Scope.Counts.Total * FewPerHundred / 100)) == true)
        {
            ranges.AddTo(Where);
            Source = "task";
        }
        else if (IsFirstByKey)
        {
            AddInOrderOfKeys(ranges);
        }
        else if (FirstFailedInOrder)
        {
            Where.In("batch", Scope.Numbers);
            Source = "task INDEXED BY task_failed_in_order";
        }
        else if (FewByIndex() is { } index)
        {
            // The index gives the ids, which SQLite then goes through in their order: the first row comes without sorting the others.
            Where.And($"id IN (SELECT id FROM task INDEXED BY {index} WHERE batch IN ({string.Join(", ", Scope.Numbers)}) AND status = {(int)_query.Statuses![0]})");
        }
        else if (!Scope.IsAll)
        {
            AddRange();
        }
    }

    // The first of a batch by key, which come from the index in their order; whatever else is asked would have to be looked up for each.
    private bool IsFirstByKey =>
        _query is { OrderBy: TaskOrder.Key, First: not null } && Scope.Facts.Count == 1
        && _query with { BatchIds = null, Keys = null, OrderBy = default, Descending = false, First = null, Skip = 0 } == TaskQuery.All;

    private void AddInOrderOfKeys(KeyRanges? ranges)
    {
        Where.And("batch = ?", Scope.Facts[0].Number);
        ranges?.AddSpanTo(Where);
        Source = $"task INDEXED BY {KeyRanges.Index}";
    }

    private KeyRanges? KeyRangesOf() => _query.Keys is { } keys ? KeyRanges.Find(_database, Scope.Numbers, keys) : null;

    // Only within one batch are they in the order of their ids; and all of them, where they are many, are read faster from the table.
    private bool FirstFailedInOrder =>
        _query is { Statuses: [JournalTaskStatus.Failed], First: not null, OrderBy: TaskOrder.Id } && Scope.Facts.Count == 1;

    private string? FewByIndex()
    {
        if (_query.Statuses is not [var status]) return null;
        var index = status switch
        {
            JournalTaskStatus.Failed => "task_failed",
            JournalTaskStatus.InProgress => "task_in_progress",
            _ => null,
        };
        return Scope.Counts.Of(status) * 100 <= Scope.Counts.Total * FewPerHundred ? index : null;
    }

    private void AddRange()
    {
        // Batches that grew by turns lie among each other: then the ids come from the index of keys.
        if (Scope.LastTask - Scope.FirstTask > 4 * Scope.Counts.Total)
        {
            Where.And($"id IN (SELECT id FROM task INDEXED BY {KeyRanges.Index} WHERE batch IN ({string.Join(", ", Scope.Numbers)}))");
            Source = "task";
            return;
        }

        Where.And("id BETWEEN ? AND ?", Scope.FirstTask, Scope.LastTask).In("batch", Scope.Numbers);
    }

    private void AddTexts()
    {
        Where.Matching("key", _query.Keys).Matching("signature", _query.Signatures).Matching("target_id", _query.TargetIds);
        if (_query.Workers is { } workers)
        {
            var numbers = new List<long>();
            var row = _database.Prepared(WorkerStatements.All);
            while (row.Step())
            {
                var name = row.Text(1);
                if (workers.Any(pattern => pattern.Matches(name))) numbers.Add(row.Integer(0));
            }

            Where.In("worker", numbers);
        }

        if (_query.Stages is { } stages) Where.InStages(Scope.Facts, stages, "batch", "stage");

        if (_query.SourceTypes is [])
        {
            Where.Never();
        }
        else if (_query.SourceTypes is { } types)
        {
            var inherited = Scope.Facts.Where(batch => types.Any(type => type.Matches(batch.SourceType))).Select(static batch => batch.Number);
            var (own, values) = Filter.AnyOf("source_type", types);
            Where.And($"(source_type IS NOT NULL AND ({own})) OR (source_type IS NULL AND batch IN ({string.Join(", ", inherited)}))", values);
        }
    }

    // A text may be a pattern; it is compared with what the member looks like as text, so that '2024' finds the number too.
    private void AddMetadata()
    {
        foreach (var (path, wanted) in _query.Metadata ?? [])
        {
            const string member = $"{SqlFunctions.Member}(metadata, ?)";
            switch (wanted)
            {
                case null: Where.And($"{member} IS NULL", path); break;
                case bool flag: Where.And($"{member} = ?", path, SqlFunctions.Boolean(flag)); break;
                case string text when TextPattern.Wildcard(text) is { IsPattern: true }: Where.And($"{SqlFunctions.Match}(?, CAST({member} AS TEXT))", text, path); break;
                case string text: Where.And($"CAST({member} AS TEXT) = ?", path, TextPattern.Wildcard(text).Text); break;
                case float or double or decimal: Where.And($"{member} = ?", path, Convert.ToDouble(wanted, System.Globalization.CultureInfo.InvariantCulture)); break;
                case sbyte or byte or short or ushort or int or uint or long: Where.And($"{member} = ?", path, wanted); break;
                default: Where.And($"CAST({member} AS TEXT) = ?", path, Convert.ToString(wanted, System.Globalization.CultureInfo.InvariantCulture)); break;
            }
        }
    }
}

/// <summary>The batches a query is about, with where their tasks and events lie.</summary>
/// <param name="Facts">The batches.</param>
/// <param name="FirstTask">The lowest id of their tasks.</param>
/// <param name="LastTask">The highest.</param>
/// <param name="FirstEvent">The lowest id of their events.</param>
/// <param name="LastEvent">The highest.</param>
/// <param name="Counts">All their tasks.</param>
/// <param name="IsAll">Nobody named batches: it is about the whole journal.</param>
internal sealed record BatchScope(
    IReadOnlyList<BatchFacts> Facts, long FirstTask, long LastTask, long FirstEvent, long LastEvent, TaskCounts Counts, bool IsAll)
{
    private const string Select = """
        SELECT no, revision, first_task, last_task, first_event, last_event, pending, in_progress, completed, failed, skipped, canceled FROM batch
        """;

    private const string ById = $"{Select} WHERE id = ?1";

    public IEnumerable<long> Numbers => Facts.Select(static batch => batch.Number);

    /// <summary>The batches with some ids, or all.</summary>
    public static BatchScope Find(Database database, Catalog catalog, IReadOnlyList<string>? ids)
    {
        var facts = new List<BatchFacts>();
        long firstTask = long.MaxValue, lastTask = -1, firstEvent = long.MaxValue, lastEvent = -1;
        var counts = default(TaskCounts);
        void Add(Statement row)
        {
            while (row.Step())
            {
                facts.Add(catalog.Batch(database, row.Integer(0), row.Integer(1)));
                firstTask = Math.Min(firstTask, row.IntegerOrNull(2) ?? long.MaxValue);
                lastTask = Math.Max(lastTask, row.IntegerOrNull(3) ?? -1);
                firstEvent = Math.Min(firstEvent, row.IntegerOrNull(4) ?? long.MaxValue);
                lastEvent = Math.Max(lastEvent, row.IntegerOrNull(5) ?? -1);
                counts = new TaskCounts(
                    counts.Pending + row.Integer(6), counts.InProgress + row.Integer(7), counts.Completed + row.Integer(8),
                    counts.Failed + row.Integer(9), counts.Skipped + row.Integer(10), counts.Canceled + row.Integer(11));
            }
        }

        if (ids is null) Add(database.Prepared(Select));
        else foreach (var id in ids.Distinct(StringComparer.Ordinal)) Add(database.Prepared(ById).Bind(1, id));
        return new BatchScope(facts, firstTask, lastTask, firstEvent, lastEvent, counts, ids is null);
    }
}
