using System.Collections;
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

    /// <summary>A scalar as the text of a key, the same in every culture; null for what is none, and for an empty text.</summary>
    public static string? AsText(object? value) => value switch
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

/// <summary>Where a value of an input is found: in a property by its name, or by a script block that sees the input as <c>$_</c>.</summary>
internal sealed class ValueSelector
{
    private readonly string? _property;
    private readonly ScriptBlock? _script;
    private bool _isFound;

    private ValueSelector(string? property, ScriptBlock? script)
    {
        _property = property;
        _script = script;
    }

    /// <summary>The selector that an argument means; null when it is neither a name nor a script block.</summary>
    public static ValueSelector? From(object? argument) => Unwrap(argument) switch
    {
        ScriptBlock script => new(null, script),
        string { Length: > 0 } property => new(property, null),
        _ => null,
    };

    /// <summary>The name or the script, to be compared with another run's.</summary>
    public string Expression => _property ?? _script!.ToString().Trim();

    /// <summary>What it is called in an error.</summary>
    public string Description => _property is null ? $"the script block {{{Expression}}}" : $"the property '{_property}'";

    /// <summary>The name of a property that none of the inputs read so far has; null where one has it, and for a script block.</summary>
    public string? NeverFound => _isFound ? null : _property;

    /// <summary>The value for an input, without its PSObject; null when there is none.</summary>
    /// <exception cref="ValueUnavailableException">The script or the property's getter failed, or the script gave several values.</exception>
    public object? Read(object input)
    {
        try
        {
            return Unwrap(_property is null ? Run(input) : Property(input));
        }
        catch (Exception e) when (e is not ValueUnavailableException && ErrorRecordFacts.RecordOf(e) is not null)
        {
            throw new ValueUnavailableException($"{Description} failed: {ErrorRecordFacts.RecordOf(e)!.Exception.Message}", e);
        }
    }

    /// <summary>The object inside a PSObject, unless it is nothing but its properties.</summary>
    public static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    private object? Property(object input)
    {
        if (Unwrap(input) is IDictionary map && map.Contains(_property!))
        {
            _isFound = true;
            return map[_property!];
        }

        var property = PSObject.AsPSObject(input).Properties[_property!];
        _isFound |= property is not null;
        return property?.Value;
    }

    private PSObject? Run(object input)
    {
        var values = _script!.InvokeWithContext(null, [new PSVariable("_", input)]);
        return values.Count switch
        {
            0 => null,
            1 => values[0],
            _ => throw new ValueUnavailableException($"{Description} gave {values.Count} values instead of one."),
        };
    }
}

/// <summary>A value of an input could not be had; the reader of inputs makes the error of it that fits.</summary>
internal sealed class ValueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
