using System.Globalization;
using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>An age: a TimeSpan, or a number of days, as <c>30</c> or <c>30d</c> (which PowerShell itself reads as a decimal number).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DaysAttribute : ArgumentTransformationAttribute
{
    private const double MostDays = 1_000_000;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var age = value switch
        {
            TimeSpan span => span,
            string text when Number(text.Trim().TrimEnd('d', 'D')) is { } days => FromDays(days),
            string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) => span,
            byte or short or int or long or float or double or decimal => FromDays(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => throw Refused(value),
        };
        return age >= TimeSpan.Zero ? age : throw Refused(value);
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan FromDays(double days) => Math.Abs(days) <= MostDays ? TimeSpan.FromDays(days) : throw Refused(days);

    private static ArgumentTransformationMetadataException Refused(object? value) => new($"'{value}' is no age. Give a number of days (30, 30d) or a TimeSpan.");
}
