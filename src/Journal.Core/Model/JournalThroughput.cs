using System.Globalization;

namespace Journal;

/// <summary>Tasks that ended in a stretch of time.</summary>
/// <param name="At">When the stretch begins; it ends where the next one begins.</param>
/// <param name="Span">How long it is.</param>
/// <param name="Completed">Tasks that were completed in it and are still.</param>
/// <param name="Failed">Tasks that failed in it and still are.</param>
/// <param name="Skipped">Tasks that were skipped in it.</param>
/// <param name="Canceled">Tasks that were canceled in it.</param>
public sealed record JournalThroughput(DateTimeOffset At, TimeSpan Span, long Completed, long Failed, long Skipped, long Canceled) : IJsonRecord
{
    /// <summary>All that ended.</summary>
    public long Ended => Completed + Failed + Skipped + Canceled;

    /// <summary>Tasks with work done (completed or failed) per hour.</summary>
    public double PerHour => Span > TimeSpan.Zero ? Math.Round((Completed + Failed) / Span.TotalHours, 1) : 0;

    /// <inheritdoc/>
    public JsonMap ToJson() => JsonMap.From(new KeyValuePair<string, object?>[]
    {
        new(nameof(At), At),
        new(nameof(Span), Span.TotalSeconds),
        new(nameof(Completed), Completed),
        new(nameof(Failed), Failed),
        new(nameof(Skipped), Skipped),
        new(nameof(Canceled), Canceled),
        new(nameof(PerHour), PerHour),
    });

    /// <summary>For example <c>2026-11-20 14:00 1,200 (4 failed)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:yyyy-MM-dd HH:mm:ss}: {Ended}{(Failed > 0 ? $" ({Failed} failed)" : "")}");
}
