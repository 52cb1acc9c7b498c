using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Journal;

/// <summary>How many tasks may start in a span of time, by all workers together: <c>600/1m</c>, <c>10/s</c>, <c>5000/1d</c>.</summary>
/// <remarks>
/// Starts are spread over the span. After a time without any, at most <see cref="Burst"/> start at once; so in every window of a length t
/// no more than <c>Count · t / Period + Burst</c> start.
/// </remarks>
[JsonConverter(typeof(RateLimitConverter))]
public sealed record RateLimit
{
    // What may start together: a quarter of a second's worth, so that workers which wake a little late lose nothing.
    private const double BurstSeconds = 0.25;

    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(366);

    private RateLimit(double count, TimeSpan period, double? burst)
    {
        (Count, Period, StatedBurst) = (count, period, burst);
        Burst = burst ?? Math.Max(1, Math.Min(count, Math.Floor(count / period.TotalSeconds * BurstSeconds)));
        IntervalMicros = period.TotalMicroseconds / count;
    }

    /// <summary>How many, or what their costs add up to.</summary>
    public double Count { get; }

    /// <summary>In which span of time.</summary>
    public TimeSpan Period { get; }

    /// <summary>How many may start at once after a time without starts: what the limit says, else a quarter of a second's worth, at least 1.</summary>
    public double Burst { get; }

    /// <summary>The time from one start to the next, in microseconds.</summary>
    internal double IntervalMicros { get; }

    private double? StatedBurst { get; }

    /// <summary>Reads a limit: a count (one below 1 is 1 in a longer span: <c>0.5/s</c> is <c>1/2s</c>), a slash and a span of time (a number and a unit ms, s, m, h or d, or a TimeSpan); <c>+20</c> after it states the burst.</summary>
    /// <param name="text">For example <c>600/1m</c>, <c>10/s</c>, <c>1/00:00:02.5</c>, <c>600/1m+50</c>.</param>
    /// <param name="limit">The limit; null where the text is none.</param>
    /// <returns>Whether it is one: a count above 0 over a span from a millisecond to 366 days, with a burst from 1 to the count.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RateLimit? limit)
    {
        limit = null;
        var parts = text?.Split('/');
        if (parts is not { Length: 2 }) return false;
        var (span, burstText) = parts[1].Split('+') switch
        {
            [var only] => (only, null),
            [var first, var second] => (first, second),
            _ => ("", (string?)null),
        };
        if (!TryNumber(parts[0], out var count) || count <= 0) return false;
        if (!TrySpan(span.Trim(), out var period)) return false;
        // Half a start a second is one in two: what costs 1 must be able to start.
        if (count < 1 && period / count < LongestPeriod) (count, period) = (1, period / count);
        if (period < TimeSpan.FromMilliseconds(1) || period > LongestPeriod) return false;
        double? burst = null;
        if (burstText is not null)
        {
            if (!TryNumber(burstText, out var stated) || stated < 1 || stated > Math.Max(1, count)) return false;
            burst = stated;
        }

        // Beyond this a clock that counts microseconds tells no two starts apart.
        if (period.TotalMicroseconds / count < 1) return false;
        limit = new RateLimit(count, period, burst);
        return true;
    }

    /// <summary>Reads a limit.</summary>
    /// <exception cref="JournalException">InvalidRateLimit.</exception>
    public static RateLimit Parse(string text) => TryParse(text, out var limit) ? limit : throw JournalErrors.InvalidRateLimit(text);

    /// <summary>The limit as it is written: <c>600/1m</c>.</summary>
    public override string ToString()
    {
        var span = Period.Ticks switch
        {
            var ticks when ticks % TimeSpan.TicksPerDay == 0 => $"{ticks / TimeSpan.TicksPerDay}d",
            var ticks when ticks % TimeSpan.TicksPerHour == 0 => $"{ticks / TimeSpan.TicksPerHour}h",
            var ticks when ticks % TimeSpan.TicksPerMinute == 0 => $"{ticks / TimeSpan.TicksPerMinute}m",
            var ticks when ticks % TimeSpan.TicksPerSecond == 0 => $"{ticks / TimeSpan.TicksPerSecond}s",
            _ => Period.ToString("c", CultureInfo.InvariantCulture),
        };
        var burst = StatedBurst is { } stated ? FormattableString.Invariant($"+{stated:0.######}") : "";
        return FormattableString.Invariant($"{Count:0.######}/{span}{burst}");
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static bool TrySpan(string text, out TimeSpan span)
    {
        span = default;
        if (text.Contains(':', StringComparison.Ordinal))
        {
            span = ClockText.Parse(text) ?? default;
            return span != default;
        }

        var unit = text.TrimStart("0123456789.".ToCharArray());
        var digits = text[..^unit.Length];
        double number = 1;
        if (digits.Length > 0 && !TryNumber(digits, out number)) return false;
        double? seconds = unit switch { "ms" => 0.001, "s" => 1, "m" or "min" => 60, "h" => 3600, "d" => 86_400, _ => null };
        if (seconds is not { } each || number * each > LongestPeriod.TotalSeconds * 2) return false;
        span = TimeSpan.FromSeconds(number * each);
        return true;
    }
}

/// <summary>Keeps a rate limit as its text.</summary>
internal sealed class RateLimitConverter : JsonConverter<RateLimit>
{
    public override RateLimit? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RateLimit.TryParse(reader.GetString(), out var limit) ? limit : throw new JsonException("That is not a rate limit.");

    public override void Write(Utf8JsonWriter writer, RateLimit value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
