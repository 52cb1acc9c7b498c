using System.Globalization;
using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Maintenance;

/// <summary>
/// What the product writes into each column, as a condition in SQL: the check looks for rows that break it, and a repair puts something possible in
/// the place of what does. A column that is not named here is judged by its type and by the end of its name, so that a new one is never left out.
/// </summary>
internal static class ValueRanges
{
    // Ids are given out one after the other; beyond this, the next ones would have no room.
    private const string MostId = "4000000000000000000";
    private const string MostStages = "100000";

    private static readonly string EarliestTime = Number(Micros.From(DateTimeOffset.MinValue));
    private static readonly string LatestTime = Number(Micros.From(DateTimeOffset.MaxValue));
    private static readonly string LongestSpan = Number(Micros.From(TimeSpan.MaxValue));

    private static readonly Dictionary<(string Table, string Column), Range> Special = new()
    {
        [("batch", "stages")] = Json("array", "'[]'"),
        [("batch", "settings")] = Json("object", "'{}'"),
        [("batch", "metadata")] = Json("object", "'{}'"),
        [("batch", "options")] = Json("object", "'{}'"),
        [("batch", "stage_count")] = new("typeof({0}) = 'integer' AND {0} = CASE WHEN json_valid(stages) THEN json_array_length(stages) ELSE {0} END", "CASE WHEN json_valid(stages) THEN json_array_length(stages) ELSE 0 END"),
        [("batch", "active_time")] = Whole("0", LongestSpan, "0"),
        [("batch", "ended_at")] = Time("CASE WHEN typeof(status) = 'integer' AND status >= 3 THEN {now} END"),
        [("batch", "paused_until")] = Time("NULL"),
        [("task", "stage")] = Whole("0", MostStages, "0"),
        [("task", "attempts")] = Whole("0", "2147483647", "0"),
        [("task", "crashes")] = Whole("0", "2147483647", "0"),
        [("task", "priority")] = Whole("-2147483648", "2147483647", "0"),
        [("task", "weight")] = Real("1"),
        [("task", "quota")] = Real("0"),
        [("task", "cost")] = new("typeof({0}) IN ('real', 'integer') AND {0} > 0 AND {0} < 1e300", "1"),
        [("batch", "hold_until")] = Time("0"),
        [("batch", "quota_since")] = Time("0"),
        [("batch", "quota_use")] = Json("object", "NULL"),
        [("batch", "pace_at")] = Time("0"),
        [("pace", "hold_until")] = Time("0"),
        [("pace", "opens_at")] = Time("0"),
        [("task", "progress")] = Real("NULL"),
        [("task", "not_before")] = new($"typeof({{0}}) = 'integer' AND {{0}} BETWEEN 0 AND {LatestTime}", "0"),
        [("task", "lease_until")] = Time("CASE WHEN typeof(status) = 'integer' AND status = 1 THEN {now} END"),
        [("task", "claimed_at")] = Time("{now}"),
        [("task", "ended_at")] = Time("CASE WHEN typeof(status) = 'integer' AND status >= 2 THEN {now} END"),
        [("task", "duration")] = Whole("0", LongestSpan, "NULL"),
        [("task", "error_category")] = Named<JournalErrorCategory>("0"),
        [("task", "input_kind")] = Named<TaskInputKind>("0"),
        [("task", "metadata")] = Json("object", "NULL"),
        [("task", "outputs")] = Json("array", "NULL"),
        [("task", "input")] = new($"typeof({{0}}) = 'text' AND (input_kind <> {(int)TaskInputKind.Json} OR json_valid({{0}}))", "NULL"),
        [("attempt", "stage")] = Whole("0", MostStages, "0"),
        [("attempt", "error_category")] = Named<JournalErrorCategory>("0"),
        [("attempt", "started_at")] = Time($"CASE WHEN typeof(ended_at) = 'integer' AND ended_at BETWEEN {EarliestTime} AND {LatestTime} THEN ended_at ELSE {{now}} END"),
        [("attempt", "ended_at")] = Time($"CASE WHEN typeof(started_at) = 'integer' AND started_at BETWEEN {EarliestTime} AND {LatestTime} THEN started_at ELSE {{now}} END"),
        [("event", "kind")] = Named<JournalEventKind>(Number((int)JournalEventKind.Amended)),
        [("event", "from_status")] = Whole("0", "5", "NULL"),
        [("event", "to_status")] = Whole("0", "5", "NULL"),
        [("event", "stage")] = Whole("0", MostStages, "NULL"),
        [("result", "stage")] = Whole("0", MostStages, "0"),
        // What an older version kept of a task that is gone has no batch.
        [("result", "batch")] = Whole("0", MostId, "0"),
        [("result", "json")] = new("typeof({0}) = 'text' AND json_valid({0})", "'null'"),
        [("checkpoint", "json")] = new("typeof({0}) = 'text' AND json_valid({0})", "'null'"),
        [("checkpoint", "batch")] = Whole("0", MostId, "0"),
        [("worker", "process_id")] = Whole("-2147483648", "2147483647", "0"),
    };

    /// <summary>The columns of a table that a database has, in their order.</summary>
    public static IReadOnlyList<Column> Columns(Database database, string table)
    {
        var columns = new List<Column>();
        using var rows = database.Prepare($"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')");
        while (rows.Step()) columns.Add(Judge(table, rows.Text(0)!, rows.Text(1) ?? "", rows.Integer(2) != 0, rows.Integer(3) != 0));
        return columns;
    }

    /// <summary>A query for the rows of a table that hold what no journal writes: their key and the name of a column that does.</summary>
    public static string Violations(string table, string key, IReadOnlyList<Column> columns) => $"""
        SELECT {key}, CASE {string.Concat(columns.Select(static column => $"WHEN NOT ({column.IsPossible}) THEN '{column.Name}' "))}END
        FROM {table} WHERE NOT ({string.Join(" AND ", columns.Select(static column => $"({column.IsPossible})"))})
        """;

    private static Column Judge(string table, string name, string type, bool isRequired, bool isKey)
    {
        var range = Special.TryGetValue((table, name), out var special) ? special
            : name == "at" || name.EndsWith("_at", StringComparison.Ordinal) || name.EndsWith("_until", StringComparison.Ordinal) ? Time("{now}")
            : type == "REAL" ? Real("0")
            : type == "TEXT" ? new Range("typeof({0}) = 'text'", "CAST({0} AS TEXT)")
            : isKey || name is "task" or "batch" or "worker" ? Whole("1", MostId, "NULL")
            : Whole("0", MostId, "0");
        var possible = range.IsPossible.Replace("{0}", name, StringComparison.Ordinal);
        var instead = range.Instead.Replace("{now}", "?1", StringComparison.Ordinal).Replace("{0}", name, StringComparison.Ordinal);
        // A primary key of one column is never NULL, though the schema does not say so.
        if (!isRequired && !isKey) (possible, instead) = ($"{name} IS NULL OR ({possible})", special is null && type != "TEXT" && !name.EndsWith("_at", StringComparison.Ordinal) ? "NULL" : instead);
        return new Column(name, possible, $"CASE WHEN {possible} THEN {name} ELSE {instead} END");
    }

    private static Range Time(string instead) => Whole(EarliestTime, LatestTime, instead);

    private static Range Whole(string least, string most, string instead) => new($"typeof({{0}}) = 'integer' AND {{0}} BETWEEN {least} AND {most}", instead);

    // Infinity is a number to SQLite; what is none at all it keeps as NULL.
    private static Range Real(string instead) => new("typeof({0}) IN ('real', 'integer') AND abs({0}) < 1e300", instead);

    private static Range Json(string type, string instead) => new($"typeof({{0}}) = 'text' AND CASE WHEN json_valid({{0}}) THEN json_type({{0}}) = '{type}' ELSE 0 END", instead);

    private static Range Named<T>(string instead) where T : struct, Enum => new(
        $"typeof({{0}}) = 'integer' AND {{0}} IN ({string.Join(", ", Enum.GetValues<T>().Select(static value => Number(Convert.ToInt64(value, CultureInfo.InvariantCulture))))})", instead);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A column of a table.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="IsPossible">The condition, in SQL, that holds for what the product writes.</param>
    /// <param name="Mended">The value in SQL, or what stands for one that is not possible; the first parameter is the time now.</param>
    internal sealed record Column(string Name, string IsPossible, string Mended);

    private sealed record Range(string IsPossible, string Instead);
}
