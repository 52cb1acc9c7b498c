using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>Keeps a filter to the parts of the index of keys outside of which no key of some batches matches some patterns. The server decides whether it goes by them.</summary>
internal static class KeyRanges
{
    // Each question is a trip to the server.
    private const int MostQuestions = 32;

    // As many characters as the index has of a key.
    private const int Indexed = 100;

    public static void Add(Filter where, Pipeline pipeline, IReadOnlyCollection<long> batches, IReadOnlyList<TextPattern> patterns)
    {
        var prefixes = patterns.Select(static pattern => Head(pattern.Prefix)).ToList();
        if (prefixes.Exists(static prefix => prefix.Length == 0) || patterns.Any(static pattern => !pattern.IsPattern)) return;
        var questions = MostQuestions;
        if (batches.Count * prefixes.Count * 2 > questions) return;
        var parts = new List<string>();
        var values = new List<object?>();
        foreach (var batch in batches)
        {
            foreach (var prefix in prefixes)
            {
                if (PrefixRanges.Find(prefix, from => FirstFrom(pipeline, batch, from), ref questions) is not { } ranges) return;
                foreach (var range in ranges)
                {
                    parts.Add($"t.batch = {batch} AND {TaskStatements.IndexedKey} >= {{{values.Count}}}");
                    values.Add(range.From);
                    if (range.Before is null) continue;
                    parts[^1] += $" AND {TaskStatements.IndexedKey} < {{{values.Count}}}";
                    values.Add(range.Before);
                }
            }
        }

        if (parts.Count == 0) where.Never();
        else where.And(string.Join(" OR ", parts), [.. values]);
    }

    // Up to a character that is not stored as itself.
    private static string Head(string prefix)
    {
        var runes = prefix.EnumerateRunes().Take(Indexed).TakeWhile(static rune => PlainText.Encode(rune.ToString()) == rune.ToString());
        return string.Concat(runes);
    }

    private static string? FirstFrom(Pipeline pipeline, long batch, string from)
    {
        string? found = null;
        pipeline.Add(new Command(TaskStatements.FirstKeyFrom).With(batch).With(from), row => found = row.Text(0)).Send();
        return found;
    }
}
