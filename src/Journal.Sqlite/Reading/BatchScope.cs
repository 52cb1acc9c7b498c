using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Reading;

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
