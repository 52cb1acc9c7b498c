using System.Globalization;

namespace Journal.Sqlite.Reading;

/// <summary>LIMIT and OFFSET.</summary>
internal static class Paging
{
    public static string Clause(long? first, long skip) => first is null && skip <= 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" LIMIT {Math.Max(first ?? -1, -1)} OFFSET {Math.Max(skip, 0)}");
}
