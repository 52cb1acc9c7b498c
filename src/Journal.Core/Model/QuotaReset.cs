using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Journal;

/// <summary>When a quota is renewed: each time a period is over (<c>1.00:00:00</c>, <c>24h</c>), or at a time of day of a zone (<c>00:00 America/Los_Angeles</c>).</summary>
[JsonConverter(typeof(QuotaResetConverter))]
public sealed record QuotaReset
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private QuotaReset(TimeSpan? period, TimeOnly time, TimeZoneInfo? zone) => (Period, Time, Zone) = (period, time, zone);

    /// <summary>The period; null where it is a time of day. The first begins with the first task.</summary>
    public TimeSpan? Period { get; }

    /// <summary>The time of day.</summary>
    public TimeOnly Time { get; }

    /// <summary>The zone of the time of day; null with a period.</summary>
    public TimeZoneInfo? Zone { get; }

    /// <summary>A period.</summary>
    /// <exception cref="JournalException">InvalidQuotaReset: it is shorter than a second, or longer than 366 days.</exception>
    public static QuotaReset Every(TimeSpan period) =>
        period >= Shortest && period <= Longest ? new QuotaReset(period, default, null) : throw JournalErrors.InvalidQuotaReset(period.ToString("c", CultureInfo.InvariantCulture));

    /// <summary>Reads a period (a TimeSpan with days or seconds, or a number with s, m, h or d), or a time of day <c>HH:mm</c> with a zone: its id, <c>UTC</c> or <c>local</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out QuotaReset? reset)
    {
        reset = null;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text)) return false;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0)
        {
            if (!TimeOnly.TryParseExact(text[..space], ["HH:mm", "H:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return false;
            if (ZoneOf(text[space..].Trim()) is not { } zone) return false;
            reset = new QuotaReset(null, time, zone);
            return true;
        }

        if (PeriodOf(text) is not { } period || period < Shortest || period > Longest) return false;
        reset = new QuotaReset(period, default, null);
        return true;
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="JournalException">InvalidQuotaReset.</exception>
    public static QuotaReset Parse(string text) => TryParse(text, out var reset) ? reset : throw JournalErrors.InvalidQuotaReset(text);

    /// <summary>The first renewal after a time.</summary>
    /// <param name="after">A time; with a period one at which a period began.</param>
    /// <remarks>
    /// Once on every day of the zone: a time that the clock skips stands for as long after midnight as it would be without the change, and of one that it
    /// shows twice the first counts.
    /// </remarks>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        if (Period is { } period) return after + period;
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, Zone!).DateTime).AddDays(-1);
        while (true)
        {
            var at = On(day);
            if (at > after) return at;
            day = day.AddDays(1);
        }
    }

    /// <summary>The last renewal that was due, where one was.</summary>
    /// <param name="since">When the present period began.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where the present period goes on. However many were missed, one renews.</returns>
    public DateTimeOffset? Due(DateTimeOffset since, DateTimeOffset now)
    {
        var next = Next(since);
        if (next > now) return null;
        if (Period is { } period) return since + (period * Math.Floor((now - since) / period));
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone!).DateTime).AddDays(1);
        while (On(day) > now) day = day.AddDays(-1);
        return On(day);
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => Period is { } period
        ? period.ToString("c", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Time:HH:mm} {Zone!.Id}");

    private DateTimeOffset On(DateOnly day)
    {
        var local = day.ToDateTime(Time);
        var offset = Zone!.IsInvalidTime(local) ? Zone.GetUtcOffset(local.AddHours(-3))
            : Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max()
            : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static TimeZoneInfo? ZoneOf(string name)
    {
        if (name.Equals("local", StringComparison.OrdinalIgnoreCase)) return TimeZoneInfo.Local;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }

    // 06:00 alone could be a time of day: it is neither.
    private static TimeSpan? PeriodOf(string text)
    {
        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        if (unit > 0) return double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit <= Longest.TotalSeconds ? TimeSpan.FromSeconds(number * unit) : null;
        var isWhole = text.Count(static c => c == ':') == 2 || (text.Contains('.', StringComparison.Ordinal) && text.Contains(':', StringComparison.Ordinal));
        return isWhole ? ClockText.Parse(text) : null;
    }
}

/// <summary>Keeps it as its text.</summary>
internal sealed class QuotaResetConverter : JsonConverter<QuotaReset>
{
    public override QuotaReset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        QuotaReset.TryParse(reader.GetString(), out var reset) ? reset : throw new JsonException("That is not a renewal of a quota.");

    public override void Write(Utf8JsonWriter writer, QuotaReset value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
