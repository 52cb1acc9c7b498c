using System.Globalization;

namespace Journal.Commands.Binding;

/// <summary>The options that both a line and <c>Set-JournalBatch</c> change, as they are typed; null members stay.</summary>
internal sealed record OptionChanges
{
    public object? MaxRetries { get; init; }

    public TimeSpan? RetryDelay { get; init; }

    public TimeSpan? MaxRetryDelay { get; init; }

    public int? FailureThreshold { get; init; }

    public object? QuotaReset { get; init; }

    public string? RateLimit { get; init; }

    /// <summary>0 takes the limit away.</summary>
    public int? ConcurrencyLimit { get; init; }

    /// <summary>The changes laid over options.</summary>
    /// <exception cref="JournalException">InvalidValue, InvalidQuotaReset, InvalidRateLimit.</exception>
    public BatchOptions Over(BatchOptions options)
    {
        if (MaxRetries is not null) options = RetryBudgets.Over(options, MaxRetries);
        return options with
        {
            RetryDelay = RetryDelay ?? options.RetryDelay,
            MaxRetryDelay = MaxRetryDelay ?? options.MaxRetryDelay,
            FailureThreshold = FailureThreshold ?? options.FailureThreshold,
            QuotaReset = QuotaReset is null ? options.QuotaReset : Limits.QuotaReset(QuotaReset),
            RateLimit = RateLimit is null ? options.RateLimit : Limits.RateLimit(RateLimit),
            ConcurrencyLimit = ConcurrencyLimit is { } most ? (most == 0 ? null : most) : options.ConcurrencyLimit,
        };
    }
}

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
