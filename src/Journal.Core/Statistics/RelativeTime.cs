using System.Globalization;

namespace Journal.Statistics;

/// <summary>Spans of time as people say them, for views and reasons.</summary>
public static class RelativeTime
{
    private static readonly (string Unit, long Seconds)[] Units = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

    /// <summary>How long ago: <c>just now</c> (less than 10 seconds, or the future, where clocks differ), <c>35s ago</c>, <c>2h ago</c>, <c>3d ago</c>; rounded down.</summary>
    public static string Age(TimeSpan age)
    {
        if (age < TimeSpan.FromSeconds(10)) return "just now";
        var seconds = (long)age.TotalSeconds;
        foreach (var (unit, length) in Units)
        {
            if (seconds >= length) return string.Create(CultureInfo.InvariantCulture, $"{seconds / length}{unit} ago");
        }

        return "just now";
    }

    /// <summary>A time on the user's clock, to the second: <c>2026-11-25 14:18:12</c>.</summary>
    public static string Local(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>How long still, in its two largest units: <c>4h 12m</c>, <c>2m 5s</c>, <c>35s</c>; rounded up to a second, so that <c>0s</c> means over.</summary>
    public static string Countdown(TimeSpan left)
    {
        if (left <= TimeSpan.Zero) return "0s";
        var seconds = (left.Ticks - 1) / TimeSpan.TicksPerSecond + 1;
        for (var i = 0; ; i++)
        {
            var (unit, length) = Units[i];
            if (seconds < length) continue;
            var whole = string.Create(CultureInfo.InvariantCulture, $"{seconds / length}{unit}");
            if (length == 1) return whole;
            var (nextUnit, nextLength) = Units[i + 1];
            var rest = seconds % length / nextLength;
            return rest == 0 ? whole : string.Create(CultureInfo.InvariantCulture, $"{whole} {rest}{nextUnit}");
        }
    }
}
