namespace Journal.Commands.Binding;

/// <summary>Rate limits as they are typed.</summary>
internal static class RateLimits
{
    /// <summary>The limit; null for None.</summary>
    /// <exception cref="JournalException">InvalidRateLimit.</exception>
    public static RateLimit? Parse(string text) =>
        text.Trim().Equals("None", StringComparison.OrdinalIgnoreCase) ? null : Journal.RateLimit.Parse(text);
}
