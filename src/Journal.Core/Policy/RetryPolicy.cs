using System.Globalization;
using Journal.Policy.Classifying;
using Journal.Statistics;

namespace Journal.Policy;

/// <summary>What becomes of a task whose attempt failed.</summary>
public enum RetryAction
{
    /// <summary>It is tried again, not before <see cref="RetryDecision.NotBefore"/>.</summary>
    Retry,

    /// <summary>It is given up.</summary>
    Fail,

    /// <summary>Its attempt is refunded, and all tasks of its limit key, or of its batch, wait until <see cref="RetryDecision.NotBefore"/>.</summary>
    HoldBack,

    /// <summary>Its attempt is refunded, and its batch pauses until <see cref="RetryDecision.PauseUntil"/>.</summary>
    Pause,
}

/// <summary>What to do after a failed attempt.</summary>
/// <param name="Action">What becomes of the task.</param>
/// <param name="NotBefore">With Retry and HoldBack: the earliest next try. Null otherwise: whoever ends a pause early wants its tasks at once.</param>
/// <param name="PauseUntil">With Pause: when the pause ends by itself; null when nobody knows.</param>
/// <param name="Reason">Why, for the audit trail and, with Pause, for the views.</param>
public sealed record RetryDecision(RetryAction Action, DateTimeOffset? NotBefore, DateTimeOffset? PauseUntil, string Reason);

/// <summary>Decides what becomes of a task whose attempt failed, by the category of its error.</summary>
public static class RetryPolicy
{
    /// <summary>The reason of a pause for a used-up quota; views add the countdown.</summary>
    public const string QuotaExhausted = JournalBatch.QuotaExhausted;

    /// <summary>After so many claims a task that is refused with a Retry-After costs its retries.</summary>
    public const int MostHolds = 100;

    /// <summary>Decides.</summary>
    /// <param name="options">The batch's policy.</param>
    /// <param name="stage">The stage that failed; null where the batch has none.</param>
    /// <param name="attempts">Attempts that count in this stage, with the one that just failed: 1 after the first.</param>
    /// <param name="error">The error's category, and what the other side said about when to come back.</param>
    /// <param name="now">The time of the failure.</param>
    /// <param name="jitter">A random number from 0 to 1, see <see cref="Backoff"/>.</param>
    /// <param name="claims">How often the task was claimed in all. One that is refused again and again is not held back for ever: from <see cref="MostHolds"/> on it costs its retries.</param>
    /// <returns>
    /// HoldBack for RateLimited where the other side says when to come back, whatever the number of attempts; else Retry for NetworkError, Timeout, RateLimited
    /// and Unknown (None counts as Unknown) while retries are left, never before the other side's RetryAfter or ResetAt; Pause for QuotaExceeded, whatever the number of attempts; Fail for everything else.
    /// </returns>
    public static RetryDecision Decide(
        BatchOptions options, string? stage, int attempts, Classification error, DateTimeOffset now, double jitter, long claims = 0)
    {
        var category = error.Category == JournalErrorCategory.None ? JournalErrorCategory.Unknown : error.Category;
        switch (category)
        {
            case JournalErrorCategory.QuotaExceeded:
                return new RetryDecision(RetryAction.Pause, null, PauseEnd(options, error, now), QuotaExhausted);
            case JournalErrorCategory.RateLimited when claims < MostHolds && AskedFor(error, now) is { } until && until > now:
                return new RetryDecision(RetryAction.HoldBack, until, null, $"RateLimited: the other side wants no more for {RelativeTime.Countdown(until - now)}");
            case JournalErrorCategory.NotFound or JournalErrorCategory.PermissionDenied or JournalErrorCategory.InvalidInput or JournalErrorCategory.Abandoned:
                return new RetryDecision(RetryAction.Fail, null, null, $"{category} is not retried");
        }

        var tries = 1L + Math.Max(0, options.RetriesFor(stage));
        var count = string.Create(CultureInfo.InvariantCulture, $"{category}, attempt {attempts} of {tries}");
        if (attempts >= tries) return new RetryDecision(RetryAction.Fail, null, null, $"{count}: no retries left");

        var notBefore = Plus(now, Backoff(options, attempts, jitter));
        if (AskedFor(error, now) is { } asked && asked > notBefore) notBefore = asked;
        return new RetryDecision(RetryAction.Retry, notBefore, null, $"{count}: again in {RelativeTime.Countdown(notBefore - now)}");
    }

    /// <summary>The wait after a failed attempt: <c>RetryDelay · 2^(attempts − 1)</c>, at most <c>MaxRetryDelay</c>, shortened by the jitter.</summary>
    /// <param name="options">The batch's policy; negative delays count as none.</param>
    /// <param name="attempts">Attempts with the one that just failed; less than 1 counts as 1.</param>
    /// <param name="jitter">
    /// A random number from 0 to 1 that takes up to half of the wait away ("equal jitter"), so that tasks which failed together do not come back
    /// together; 0 leaves the whole wait.
    /// </param>
    public static TimeSpan Backoff(BatchOptions options, int attempts, double jitter)
    {
        var first = Math.Max(0, options.RetryDelay.Ticks);
        var cap = Math.Max(0, options.MaxRetryDelay.Ticks);
        if (first == 0) return TimeSpan.Zero;
        // In floating point: a wait that is too large for a TimeSpan is larger than the cap, too.
        var doubled = first * Math.Pow(2, Math.Max(0, attempts - 1));
        var ticks = doubled < cap ? (long)doubled : cap;
        return TimeSpan.FromTicks(ticks - (long)(ticks * (Math.Clamp(jitter, 0, 1) / 2)));
    }

    // A reset time that lies in the past (two clocks differ, a server repeats itself) would make of the pause a loop without a wait.
    private static DateTimeOffset? PauseEnd(BatchOptions options, Classification error, DateTimeOffset now) =>
        AskedFor(error, now) is not { } asked ? null
        : asked > now ? asked
        : Plus(now, options.MaxRetryDelay);

    private static DateTimeOffset? AskedFor(Classification error, DateTimeOffset now)
    {
        DateTimeOffset? after = error.RetryAfter is { } wait ? Plus(now, wait) : null;
        return after > error.ResetAt || error.ResetAt is null ? after : error.ResetAt;
    }

    private static DateTimeOffset Plus(DateTimeOffset now, TimeSpan wait) =>
        wait <= TimeSpan.Zero ? now : wait < DateTimeOffset.MaxValue - now ? now.ToUniversalTime() + wait : DateTimeOffset.MaxValue;
}
