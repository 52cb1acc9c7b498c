namespace Journal.Statistics;

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
