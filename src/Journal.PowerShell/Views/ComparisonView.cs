using System.Globalization;

namespace Journal.Commands.Views;

/// <summary>A comparison as its view shows it: the earlier figure, the later one, and what changed.</summary>
public static class ComparisonView
{
    /// <summary>For example <c>120 → 128 (+8)</c>.</summary>
    public static string Count(long earlier, long later) =>
        string.Create(CultureInfo.InvariantCulture, $"{earlier} → {later} ({later - earlier:+#;-#;±0})");

    /// <summary>For example <c>2.0s → 1.5s (−25 %)</c>; empty where neither has one.</summary>
    public static string Duration(TimeSpan? earlier, TimeSpan? later)
    {
        if (earlier is null && later is null) return "";
        var change = earlier > TimeSpan.Zero && later is { } now ? string.Create(CultureInfo.InvariantCulture, $" ({(now / earlier.Value - 1) * 100:+0;-0;±0} %)") : "";
        return $"{Text(earlier)} → {Text(later)}{change}";
    }

    private static string Text(TimeSpan? duration) => duration is null ? "?" : ViewText.Duration(duration);
}
