using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>Where a value of an input is found: in a property by its name, or by a script block that sees the input as <c>$_</c>.</summary>
internal sealed class ValueSelector
{
    private readonly string? _property;
    private readonly ScriptBlock? _script;

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
        if (Unwrap(input) is IDictionary map && map.Contains(_property!)) return map[_property!];
        return PSObject.AsPSObject(input).Properties[_property!]?.Value;
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
