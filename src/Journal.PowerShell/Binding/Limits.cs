using System.Globalization;

namespace Journal.Commands.Binding;

/// <summary>Limits as they are typed; None takes one away.</summary>
internal static class Limits
{
    /// <summary>A rate limit; null for None.</summary>
    /// <exception cref="JournalException">InvalidRateLimit.</exception>
    public static RateLimit? RateLimit(string text) => IsNone(text) ? null : Journal.RateLimit.Parse(text);

    /// <summary>When a quota is renewed; null for None.</summary>
    /// <exception cref="JournalException">InvalidQuotaReset.</exception>
    public static QuotaReset? QuotaReset(object value) => ValueSelector.Unwrap(value) switch
    {
        TimeSpan period => Journal.QuotaReset.Every(period),
        string text => IsNone(text) ? null : Journal.QuotaReset.Parse(text),
        var other => throw JournalErrors.InvalidQuotaReset(Convert.ToString(other, CultureInfo.InvariantCulture) ?? ""),
    };

    private static bool IsNone(string text) => text.Trim().Equals("None", StringComparison.OrdinalIgnoreCase);
}
