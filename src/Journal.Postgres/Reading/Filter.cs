using System.Globalization;
using System.Text;
using Journal.Postgres.Engine;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>A WHERE clause in the making: conditions joined by AND, values as parameters.</summary>
internal sealed class Filter
{
    private readonly StringBuilder _text = new();
    private readonly List<object?> _values = [];

    /// <summary>A clause that nothing can satisfy was added.</summary>
    public bool IsEmpty { get; private set; }

    public override string ToString() => _text.Length == 0 ? "" : " WHERE " + _text;

    /// <summary>A statement with the filter's values.</summary>
    public Command ToCommand(string sql)
    {
        var command = new Command(sql);
        foreach (var value in _values) command.WithAny(value);
        return command;
    }

    /// <summary>A condition.</summary>
    /// <param name="condition">With {0}, {1}, … for its values.</param>
    /// <param name="values">Text, long, Guid, or arrays of them.</param>
    public Filter And(string condition, params object?[] values)
    {
        var names = values.Select(object (value) =>
        {
            _values.Add(value);
            return string.Create(CultureInfo.InvariantCulture, $"${_values.Count}");
        }).ToArray();
        if (_text.Length > 0) _text.Append(" AND ");
        _text.Append('(').AppendFormat(CultureInfo.InvariantCulture, condition, names).Append(')');
        return this;
    }

    /// <summary>Nothing matches.</summary>
    public Filter Never()
    {
        IsEmpty = true;
        return And("false");
    }

    /// <summary>A column of numbers that we made: few of them stand in the text, so that partial indexes are found.</summary>
    public Filter In(string column, IEnumerable<long> numbers)
    {
        var list = numbers.Distinct().ToArray();
        return list.Length == 0 ? Never()
            : list.Length == 1 ? And(string.Create(CultureInfo.InvariantCulture, $"{column} = {list[0]}"))
            : And(column + " = ANY({0})", list);
    }

    public Filter InEnum<T>(string column, IReadOnlyList<T>? members) where T : struct, Enum => members is null ? this
        : members.Count == 0 ? Never()
        : And($"{column} IN ({string.Join(", ", members.Distinct().Select(static member => Convert.ToInt64(member, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)))})");

    /// <summary>Rows of some stages, which users name, as the numbers that each batch gives them.</summary>
    public Filter InStages(IEnumerable<BatchFacts> batches, IReadOnlyList<string> stages, string batchColumn, string stageColumn) =>
        StagePlaces.Condition(batches, stages, batchColumn, stageColumn) is { } places ? And(places) : Never();

    public Filter Between(string column, DateTimeOffset? since, DateTimeOffset? until)
    {
        if (since is { } from) And(column + " >= {0}", Micros.From(from));
        if (until is { } to) And(column + " < {0}", Micros.From(to));
        return this;
    }

    /// <summary>A column whose text is one of some, or matches one of some patterns.</summary>
    public Filter Matching(string column, IReadOnlyList<TextPattern> patterns)
    {
        if (patterns.Count == 0) return Never();
        var (condition, values) = AnyOf(column, patterns, 0);
        return And(condition, [.. values]);
    }

    /// <summary>The condition that a text is one of some, or matches one of some patterns, with {n}, {n+1}, … for its values.</summary>
    public static (string Condition, List<object?> Values) AnyOf(string column, IReadOnlyList<TextPattern> patterns, int first)
    {
        var parts = new List<string>();
        var values = new List<object?>();
        if (patterns.Where(static pattern => !pattern.IsPattern).Select(static pattern => pattern.Text).ToArray() is { Length: > 0 } texts)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{column} = ANY({{{first + values.Count}}})"));
            values.Add(texts);
        }

        foreach (var pattern in patterns.Where(static pattern => pattern.IsPattern))
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{column} ~* {{{first + values.Count}}}"));
            // Here the dot matches everything, and older servers do not know the other way to say it.
            values.Add(pattern.ToRegex().Replace(@"[\s\S]*", ".*", StringComparison.Ordinal).Replace(@"[\s\S]", ".?", StringComparison.Ordinal));
        }

        return (string.Join(" OR ", parts), values);
    }

    /// <summary>Whether the server finds all that matches: without case it compares only letters that every server folds alike.</summary>
    public static bool CanFind(IReadOnlyList<TextPattern> patterns) => patterns.All(static pattern => !pattern.IsPattern || Ascii.IsValid(pattern.Text));

    /// <summary>
    /// Whether what the server finds matches, too: a question mark stands for one UTF-16 unit, half of a character beyond the basic plane, and the
    /// server, which knows no halves, lets it stand for a character or none.
    /// </summary>
    public static bool CanJudge(IReadOnlyList<TextPattern> patterns) =>
        CanFind(patterns) && patterns.All(static pattern => !pattern.IsPattern || !pattern.Text.Contains('?', StringComparison.Ordinal));
}

/// <summary>A part of what matches: by the server, or of a stream where only the store can judge what matches.</summary>
internal static class Paging
{
    public static string Clause(long? first, long skip) =>
        (first is { } most ? string.Create(CultureInfo.InvariantCulture, $" LIMIT {Math.Max(most, 0)}") : "")
        + (skip > 0 ? string.Create(CultureInfo.InvariantCulture, $" OFFSET {skip}") : "");

    public static IEnumerable<T> Of<T>(IEnumerable<T> items, long? first, long skip)
    {
        if (first <= 0) yield break;
        long seen = 0, given = 0;
        foreach (var item in items)
        {
            if (seen++ < skip) continue;
            yield return item;
            if (++given == first) yield break;
        }
    }
}
