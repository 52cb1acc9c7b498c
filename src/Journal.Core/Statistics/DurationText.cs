using System.Globalization;

namespace Journal.Statistics;

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
