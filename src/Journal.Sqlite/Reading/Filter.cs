using System.Globalization;
using System.Text;
using Journal.Sqlite.Engine;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>A WHERE clause in the making: conditions joined by AND, values as parameters, in the order they appear.</summary>
internal sealed class Filter
{
    // SQLite takes statements of up to a million bytes.
    private const int LongestList = 10_000;

    private readonly StringBuilder _text = new();

    /// <summary>The values, for Statement.BindAll.</summary>
    public List<object?> Values { get; } = [];

    /// <summary>A clause that nothing can satisfy was added.</summary>
    public bool IsEmpty { get; private set; }

    public override string ToString() => _text.Length == 0 ? "" : " WHERE " + _text;

    public Filter And(string condition, params object?[] values)
    {
        if (_text.Length > 0) _text.Append(" AND ");
        _text.Append('(').Append(condition).Append(')');
        Values.AddRange(values);
        return this;
    }

    /// <summary>Nothing matches.</summary>
    public Filter Never()
    {
        IsEmpty = true;
        return And("0");
    }

    /// <summary>A column of numbers that we made: they stand in the text, so that partial indexes are found.</summary>
    public Filter In(string column, IEnumerable<long> numbers)
    {
        var list = string.Join(", ", numbers.Distinct().Select(static number => number.ToString(CultureInfo.InvariantCulture)));
        if (list.Length == 0) return Never();
        if (list.Length > LongestList) return And($"{column} IN (SELECT value FROM json_each(?))", $"[{list}]");
        return And(list.Contains(',', StringComparison.Ordinal) ? $"{column} IN ({list})" : $"{column} = {list}");
    }

    public Filter InEnum<T>(string column, IReadOnlyList<T>? members) where T : struct, Enum =>
        members is null ? this : In(column, members.Select(static member => Convert.ToInt64(member, CultureInfo.InvariantCulture)));

    /// <summary>Rows of some stages, which users name, as the numbers that each batch gives them.</summary>
    public Filter InStages(IEnumerable<BatchFacts> batches, IReadOnlyList<string> stages, string batchColumn, string stageColumn) =>
        StagePlaces.Condition(batches, stages, batchColumn, stageColumn) is { } places ? And(places) : Never();

    /// <summary>A column whose text matches one of some patterns.</summary>
    public Filter Matching(string column, IReadOnlyList<TextPattern>? patterns)
    {
        if (patterns is null) return this;
        if (patterns.Count == 0) return Never();
        var (condition, values) = AnyOf(column, patterns);
        return And(condition, values);
    }

    public Filter Between(string column, DateTimeOffset? since, DateTimeOffset? until)
    {
        if (since is { } from) And($"{column} >= ?", Micros.From(from));
        if (until is { } to) And($"{column} < ?", Micros.From(to));
        return this;
    }

    /// <summary>A text is one of the exact ones, which SQLite compares (and finds by an index), or matches a pattern.</summary>
    public static (string Condition, object?[] Values) AnyOf(string column, IReadOnlyList<TextPattern> patterns)
    {
        var parts = new List<string>();
        var values = new List<object?>();
        var exact = patterns.Where(static pattern => !pattern.IsPattern).Select(static pattern => pattern.Text).ToList();
        if (exact.Count > 0)
        {
            // One parameter, however many texts: SQLite takes no more than 32,766.
            parts.Add($"{column} IN (SELECT value FROM json_each(?))");
            values.Add(JsonValues.ToJson(exact));
        }

        foreach (var pattern in patterns.Where(static pattern => pattern.IsPattern))
        {
            parts.Add($"{SqlFunctions.Match}(?, {column})");
            values.Add(pattern.Text);
        }

        return (string.Join(" OR ", parts), [.. values]);
    }
}

/// <summary>LIMIT and OFFSET.</summary>
internal static class Paging
{
    public static string Clause(long? first, long skip) => first is null && skip <= 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" LIMIT {Math.Max(first ?? -1, -1)} OFFSET {Math.Max(skip, 0)}");
}
