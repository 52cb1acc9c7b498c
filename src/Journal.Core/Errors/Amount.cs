using System.Globalization;

namespace Journal;

/// <summary>Numbers of things, as people say them.</summary>
public static class Amount
{
    /// <summary><c>1 task</c>, <c>2 tasks</c>, <c>0 batches</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="thing">What, of which there is one.</param>
    public static string Of(long count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? thing : Several(thing))}");

    private static string Several(string thing) => thing.EndsWith("ch", StringComparison.Ordinal) ? thing + "es" : thing + "s";
}
