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

/// <summary>How long something took, as people say it.</summary>
public static class DurationText
{
    /// <summary><c>0.4ms</c>, <c>35ms</c>, <c>1.2s</c>, <c>35s</c>, <c>2m 5s</c>, <c>4h 12m</c>; empty for null.</summary>
    public static string Of(TimeSpan? duration)
    {
        if (duration is not { } time) return "";
        var milliseconds = time.TotalMilliseconds;
        return milliseconds switch
        {
            0 => "0",
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0}ms"),
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(milliseconds):0}ms"),
            < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(milliseconds / 100) / 10:0.0}s"),
            _ => RelativeTime.Countdown(TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds))),
        };
    }
}

/// <summary>Days and weeks of the user's calendar as instants: a day that begins or ends summer time has 23 or 25 hours.</summary>
public static class CalendarDay
{
    /// <summary>When the day of an instant began.</summary>
    /// <param name="at">The instant.</param>
    /// <param name="zone">Whose day.</param>
    public static DateTimeOffset StartOf(DateTimeOffset at, TimeZoneInfo zone) => StartOf(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime), zone);

    /// <summary>When a day begins; where summer time skips its midnight, at the first instant after it.</summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15);
        // A midnight that comes twice begins the day the first time, which has the larger offset.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset);
    }

    /// <summary>The Monday of a day's week.</summary>
    public static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    /// <summary>The beginning of the hour on an instant's own clock.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset at) => at.AddTicks(-(at.TimeOfDay.Ticks % TimeSpan.TicksPerHour));
}
