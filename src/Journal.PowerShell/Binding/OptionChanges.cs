using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>The options that both a line and <c>Set-JournalBatch</c> change, as they are typed; null members stay. Cmdlets have one base, so that the parameters stand twice.</summary>
internal interface IOptionParameters
{
    object? MaxRetries { get; }

    TimeSpan? RetryDelay { get; }

    TimeSpan? MaxRetryDelay { get; }

    int? FailureThreshold { get; }

    /// <summary>A number, or a hashtable of numbers by project.</summary>
    object? QuotaLimit { get; }

    object? QuotaReset { get; }

    string? RateLimit { get; }

    /// <summary>0 takes the limit away.</summary>
    int? ConcurrencyLimit { get; }
}

/// <summary>Lays what is typed over options.</summary>
internal static class OptionChanges
{
    /// <summary>Options with what a line says.</summary>
    /// <exception cref="JournalException">InvalidValue, InvalidQuotaLimit, InvalidQuotaReset, InvalidRateLimit.</exception>
    public static BatchOptions Over(BatchOptions options, IOptionParameters line)
    {
        if (line.MaxRetries is { } retries) options = RetryBudgets.Over(options, retries);
        if (line.QuotaLimit is { } quota) options = QuotaLimits.Over(options, quota);
        return options with
        {
            RetryDelay = line.RetryDelay ?? options.RetryDelay,
            MaxRetryDelay = line.MaxRetryDelay ?? options.MaxRetryDelay,
            FailureThreshold = line.FailureThreshold ?? options.FailureThreshold,
            QuotaReset = line.QuotaReset is { } reset ? Limits.QuotaReset(reset) : options.QuotaReset,
            RateLimit = line.RateLimit is { } rate ? Limits.RateLimit(rate) : options.RateLimit,
            ConcurrencyLimit = line.ConcurrencyLimit is { } most ? (most == 0 ? null : most) : options.ConcurrencyLimit,
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

/// <summary>The argument of -MaxRetries: a number for all stages, or a hashtable of numbers by stage.</summary>
internal static class RetryBudgets
{
    /// <summary>Options with the retries that an argument asks for.</summary>
    /// <exception cref="JournalException">InvalidValue.</exception>
    public static BatchOptions Over(BatchOptions options, object argument)
    {
        if (ValueSelector.Unwrap(argument) is not IDictionary map) return options with { MaxRetries = Number(argument) };
        var stages = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map) stages[entry.Key.ToString() ?? ""] = Number(entry.Value);
        return options with { StageRetries = stages };
    }

    private static int Number(object? value) =>
        LanguagePrimitives.TryConvertTo<int>(value, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw JournalErrors.InvalidValue("-MaxRetries", value, $"'{value}' is not a number from 0 up.");
}

/// <summary>The argument of -QuotaLimit: a number for the batch, or a hashtable of numbers by project. One takes the place of the other.</summary>
internal static class QuotaLimits
{
    // The name is kept with each task that is charged to it.
    private const int MaxNameLength = 200;

    /// <summary>Options with the quota that an argument asks for.</summary>
    /// <exception cref="JournalException">InvalidQuotaLimit.</exception>
    public static BatchOptions Over(BatchOptions options, object argument)
    {
        if (ValueSelector.Unwrap(argument) is not IDictionary map) return options with { QuotaLimit = Number(argument, ""), QuotaLimits = null };
        if (map.Count == 0) throw JournalErrors.InvalidQuotaLimit(argument, "the table has no project.");
        var limits = new SortedDictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map)
        {
            var name = Convert.ToString(ValueSelector.Unwrap(entry.Key), CultureInfo.InvariantCulture) ?? "";
            if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength) throw JournalErrors.InvalidQuotaLimit(name, $"the name of a project has 1 to {MaxNameLength} characters.");
            if (!limits.TryAdd(name, Number(entry.Value, $" of '{name}'"))) throw JournalErrors.InvalidQuotaLimit(name, $"'{name}' and another name differ in case alone, and are one project.");
        }

        // A line that says the same again changes nothing.
        return options with { QuotaLimit = null, QuotaLimits = ProjectLimits.AreSame(limits, options.QuotaLimits) ? options.QuotaLimits : limits };
    }

    private static double Number(object? value, string whose) =>
        ValueSelector.Unwrap(value) is { } plain and not (bool or "") && LanguagePrimitives.TryConvertTo<double>(plain, CultureInfo.InvariantCulture, out var number) && number >= 0 && double.IsFinite(number)
            ? number
            : throw JournalErrors.InvalidQuotaLimit(value, $"'{value}'{whose} is not a number from 0 up.");
}
