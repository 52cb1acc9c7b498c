using System.Globalization;
using System.Xml;

namespace Journal.Interchange.Mapping;

/// <summary>Times, lengths of time and numbers as other systems write them.</summary>
internal static class Scalars
{
    // The year 5138 in seconds, the year 1973 in milliseconds: between them nobody means the other unit.
    private const double FirstMilliseconds = 100_000_000_000;

    /// <summary>
    /// An instant: ISO 8601 and what is like it, or seconds or milliseconds since 1970. An offset is honoured; a time without one is one of
    /// <paramref name="naive"/>.
    /// </summary>
    public static DateTimeOffset? Time(string text, TimeZoneInfo naive)
    {
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return FromEpoch(number);
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces, out var time)) return null;
        if (time.Kind is DateTimeKind.Unspecified)
        {
            var offset = naive.GetUtcOffset(time);
            return time.Ticks - offset.Ticks is >= 0 and var ticks && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var instant) ? instant.ToUniversalTime() : null;
    }

    /// <summary>Whether a text begins as an ISO 8601 time does: a year of four digits, a month, a day.</summary>
    public static bool IsIsoTime(ReadOnlySpan<char> text) =>
        text.Length >= 10 && text[4] == '-' && text[7] == '-' && text[..4].IndexOfAnyExceptInRange('0', '9') < 0 && text[5..7].IndexOfAnyExceptInRange('0', '9') < 0 && text[8..10].IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>An instant from seconds or milliseconds since 1970; null outside the years 1 to 9999.</summary>
    public static DateTimeOffset? FromEpoch(double number)
    {
        var seconds = Math.Abs(number) >= FirstMilliseconds ? number / 1000 : number;
        return seconds is >= -62_135_596_800 and < 253_402_300_800 ? DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(Math.Round(seconds * 1_000_000)) : null;
    }

    /// <summary>A length of time: a number of seconds, <c>[d.]hh:mm:ss[.f]</c>, or ISO 8601 (<c>PT1M30S</c>).</summary>
    /// <param name="text">The text.</param>
    /// <param name="unit">What a bare number counts.</param>
    public static TimeSpan? Duration(string text, TimeSpan unit)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            var ticks = number * unit.Ticks;
            return Math.Abs(ticks) < TimeSpan.MaxValue.Ticks / 2 ? new TimeSpan((long)Math.Round(ticks)) : null;
        }

        if (ClockText.Parse(text) is { } span) return span;
        if (text is not ['P', ..]) return null;
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }
}
