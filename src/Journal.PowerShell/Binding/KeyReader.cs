using System.Globalization;
using System.Management.Automation;
using Journal.Lifecycle;

namespace Journal.Commands.Binding;

/// <summary>Finds the key of an input: by <c>-Key</c>, or the input itself where it is a plain value or a file.</summary>
internal sealed class KeyReader(ValueSelector? selector)
{
    /// <summary>The key of an input.</summary>
    /// <exception cref="JournalException">KeyMissing, InvalidKey.</exception>
    public string Read(object input)
    {
        var source = selector is null ? ValueSelector.Unwrap(input) : Selected(input);
        var key = AsText(source) ?? throw JournalErrors.KeyMissing(input, WhyNot(source));
        BatchNaming.ValidateKey(key);
        return key;
    }

    private object Selected(object input)
    {
        object? value;
        try
        {
            value = selector!.Read(input);
        }
        catch (ValueUnavailableException e)
        {
            throw JournalErrors.KeyMissing(input, e.Message);
        }

        return value is null or "" ? throw JournalErrors.KeyMissing(input, $"{selector.Description} is empty or not there.") : value;
    }

    private string WhyNot(object? value)
    {
        if (value is "") return "it is an empty string.";
        var type = TypeNames.Of(value);
        return selector is null
            ? $"for objects of type {type}, name the property that tells them apart (-Key Id) or compute it (-Key {{ $_.Id }}){Choices(value)}."
            : $"{selector.Description} gives an object of type {type}, not a text or a number.";
    }

    private static string Choices(object? value)
    {
        if (value is null) return "";
        var names = PSObject.AsPSObject(value).Properties.Select(static property => property.Name).Take(8).ToList();
        return names.Count == 0 ? "" : $"; it has {string.Join(", ", names)}";
    }

    private static string? AsText(object? value) => value switch
    {
        "" => null,
        string text => text,
        FileSystemInfo file => file.FullName,
        Uri uri => uri.OriginalString,
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        // A PSCustomObject is formattable, too, but no scalar.
        PSObject => null,
        IFormattable scalar => scalar.ToString(null, CultureInfo.InvariantCulture),
        bool or char or Version => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
