using System.Globalization;

namespace Journal.Postgres.Reading;

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
