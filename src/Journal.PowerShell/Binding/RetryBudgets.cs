using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Journal.Commands.Binding;

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
