namespace Journal.Storage.Shared;

/// <summary>Times as stores keep them: whole microseconds since 1970, UTC.</summary>
public static class Micros
{
    /// <summary>A time as microseconds; less than one is cut off.</summary>
    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>A length as microseconds.</summary>
    public static long From(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A length as microseconds, or null.</summary>
    public static long? From(TimeSpan? span) => span is { } known ? From(known) : null;

    /// <summary>The time of microseconds, in UTC.</summary>
    public static DateTimeOffset ToTime(long micros) => new(DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The time of microseconds in UTC, or null.</summary>
    public static DateTimeOffset? ToTime(long? micros) => micros is { } known ? ToTime(known) : null;

    /// <summary>The length of microseconds.</summary>
    public static TimeSpan ToSpan(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
