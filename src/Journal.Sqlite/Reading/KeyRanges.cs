using System.Text;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>The parts of the index of keys outside of which no key of some batches matches some patterns.</summary>
internal sealed class KeyRanges
{
    /// <summary>The index of keys, by batch.</summary>
    public const string Index = "sqlite_autoindex_task_1";

    // A question costs microseconds; so many of them, less than reading what they spare.
    private const int MostQuestions = 256;

    // As the index orders them.
    private static readonly Comparer<string> CodePoints = Comparer<string>.Create(static (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

    private readonly List<(long Batch, TextRange Keys)> _parts = [];

    private KeyRanges()
    {
    }

    /// <summary>Whether all that can match lies together.</summary>
    public bool IsOne => _parts.Count == 1;

    /// <summary>Finds them; null where they are not worth looking for.</summary>
    public static KeyRanges? Find(Database database, IEnumerable<long> batches, IReadOnlyList<TextPattern> patterns)
    {
        if (patterns.Count == 0 || !patterns.All(static pattern => pattern is { IsPattern: true, Prefix.Length: > 0 })) return null;
        var questions = MostQuestions;
        var ranges = new KeyRanges();
        foreach (var batch in batches)
        {
            foreach (var pattern in patterns)
            {
                if (PrefixRanges.Find(pattern.Prefix, from => FirstFrom(database, batch, from), ref questions) is not { } found) return null;
                ranges._parts.AddRange(found.Select(range => (batch, range)));
            }
        }

        return ranges;
    }

    /// <summary>Whether they hold no more keys than that.</summary>
    public bool HoldAtMost(Database database, long count)
    {
        foreach (var part in _parts)
        {
            var (condition, values) = Of(part.Batch, part.Keys);
            using var rows = database.Prepare($"SELECT COUNT(*) FROM (SELECT 1 FROM task INDEXED BY {Index} WHERE {condition} LIMIT {count + 1})");
            count -= rows.BindAll(values).Scalar() ?? 0;
            if (count < 0) return false;
        }

        return true;
    }

    /// <summary>Keeps a filter to the tasks in them.</summary>
    public void AddTo(Filter where)
    {
        var parts = _parts.Select(static part => Of(part.Batch, part.Keys)).ToList();
        if (parts.Count == 0) where.Never();
        else where.And(
            $"id IN ({string.Join(" UNION ALL ", parts.Select(static part => $"SELECT id FROM task INDEXED BY {Index} WHERE {part.Condition}"))})",
            [.. parts.SelectMany(static part => part.Values)]);
    }

    /// <summary>Keeps a filter for one batch to what lies between the first of them and the last.</summary>
    public void AddSpanTo(Filter where)
    {
        if (_parts.Count == 0)
        {
            where.Never();
            return;
        }

        where.And("key >= ?", _parts.Select(static part => part.Keys.From).Order(CodePoints).First());
        if (_parts.TrueForAll(static part => part.Keys.Before is not null)) where.And("key < ?", _parts.Select(static part => part.Keys.Before!).Order(CodePoints).Last());
    }

    private static string? FirstFrom(Database database, long batch, string from)
    {
        var row = database.Prepared(TaskStatements.FirstKeyFrom).Bind(1, batch).Bind(2, from);
        var found = row.Step() ? row.Text(0) : null;
        row.Reset();
        return found;
    }

    private static (string Condition, object?[] Values) Of(long batch, TextRange keys) => keys.Before is null
        ? ("batch = ? AND key >= ?", [batch, keys.From])
        : ("batch = ? AND key >= ? AND key < ?", [batch, keys.From, keys.Before]);
}
