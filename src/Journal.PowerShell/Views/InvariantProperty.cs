using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace Journal.Commands.Views;

/// <summary>
/// Times and numbers of what the cmdlets emit, with a text that is the same in every culture: <c>Export-Csv</c> writes the text of each property, and a
/// day must not become another one where the table is read. The values keep their types. <c>module/Journal.Types.ps1xml</c> names these methods.
/// </summary>
public static class InvariantProperty
{
    private static readonly ConcurrentDictionary<(Type Type, string Name), Func<object, object?>> Getters = new();
    private static readonly MethodInfo TextMethod = typeof(InvariantProperty).GetMethod(nameof(Text))!;

    /// <summary>For the property At.</summary>
    public static object? At(PSObject instance) => Of(instance, nameof(At));

    /// <summary>For the property CreatedAt.</summary>
    public static object? CreatedAt(PSObject instance) => Of(instance, nameof(CreatedAt));

    /// <summary>For the property DurationRatio.</summary>
    public static object? DurationRatio(PSObject instance) => Of(instance, nameof(DurationRatio));

    /// <summary>For the property EndedAt.</summary>
    public static object? EndedAt(PSObject instance) => Of(instance, nameof(EndedAt));

    /// <summary>For the property FinishAt.</summary>
    public static object? FinishAt(PSObject instance) => Of(instance, nameof(FinishAt));

    /// <summary>For the property LastResumedAt.</summary>
    public static object? LastResumedAt(PSObject instance) => Of(instance, nameof(LastResumedAt));

    /// <summary>For the property LeaseUntil.</summary>
    public static object? LeaseUntil(PSObject instance) => Of(instance, nameof(LeaseUntil));

    /// <summary>For the property NotBefore.</summary>
    public static object? NotBefore(PSObject instance) => Of(instance, nameof(NotBefore));

    /// <summary>For the property PausedUntil.</summary>
    public static object? PausedUntil(PSObject instance) => Of(instance, nameof(PausedUntil));

    /// <summary>For the property PerHour.</summary>
    public static object? PerHour(PSObject instance) => Of(instance, nameof(PerHour));

    /// <summary>For the property Percent.</summary>
    public static object? Percent(PSObject instance) => Of(instance, nameof(Percent));

    /// <summary>For the property Progress.</summary>
    public static object? Progress(PSObject instance) => Of(instance, nameof(Progress));

    /// <summary>For the property QuotaChange.</summary>
    public static object? QuotaChange(PSObject instance) => Of(instance, nameof(QuotaChange));

    /// <summary>For the property QuotaConsumed.</summary>
    public static object? QuotaConsumed(PSObject instance) => Of(instance, nameof(QuotaConsumed));

    /// <summary>For the property QuotaLeft.</summary>
    public static object? QuotaLeft(PSObject instance) => Of(instance, nameof(QuotaLeft));

    /// <summary>For the property QuotaLimit.</summary>
    public static object? QuotaLimit(PSObject instance) => Of(instance, nameof(QuotaLimit));

    /// <summary>For the property StartedAt.</summary>
    public static object? StartedAt(PSObject instance) => Of(instance, nameof(StartedAt));

    /// <summary>For the property SuccessRate.</summary>
    public static object? SuccessRate(PSObject instance) => Of(instance, nameof(SuccessRate));

    /// <summary>For the property SuccessRateChange.</summary>
    public static object? SuccessRateChange(PSObject instance) => Of(instance, nameof(SuccessRateChange));

    /// <summary>For the property UpdatedAt.</summary>
    public static object? UpdatedAt(PSObject instance) => Of(instance, nameof(UpdatedAt));

    /// <summary>For the property Weight.</summary>
    public static object? Weight(PSObject instance) => Of(instance, nameof(Weight));

    /// <summary>The text of such a value; with a format, and a culture, what its own ToString gives.</summary>
    public static string Text(PSObject instance, params object?[] arguments) => instance?.BaseObject switch
    {
        // Text in quotes gives a culture and no format.
        IFormattable formatted when arguments is [string { Length: > 0 }, ..] or [not null] => formatted.ToString(arguments[0] as string, arguments.OfType<IFormatProvider>().FirstOrDefault()),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => other?.ToString() ?? "",
    };

    /// <summary>PowerShell hands a format (<c>'{0:HH:mm}' -f</c>) on only to a ToString of several overloads.</summary>
    private sealed class TextOfValue() : PSCodeMethod("ToString", TextMethod)
    {
        public override System.Collections.ObjectModel.Collection<string> OverloadDefinitions => ["string ToString()", "string ToString(string format, IFormatProvider provider)"];

        public override PSMemberInfo Copy() => new TextOfValue();
    }

    private static PSObject? Of(PSObject instance, string name)
    {
        var inner = instance.BaseObject;
        var value = Getters.GetOrAdd((inner.GetType(), name), static key =>
        {
            var property = key.Type.GetProperty(key.Name)!;
            return property.GetValue;
        })(inner);
        if (value is null) return null;
        var result = new PSObject(value);
        result.Methods.Add(new TextOfValue());
        return result;
    }
}
