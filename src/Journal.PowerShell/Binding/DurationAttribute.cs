using System.Globalization;
using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>
/// A length of time: a TimeSpan, or a number of seconds. Without it PowerShell reads the number 30 as 30 ticks and the text '30' as 30 days.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var duration = value switch
        {
            TimeSpan span => span,
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) => FromSeconds(seconds),
            string text when ClockText.Parse(text) is { } span => span,
            byte or short or int or long or float or double or decimal => FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => throw Refused(value),
        };
        return duration >= TimeSpan.Zero ? duration : throw new ArgumentTransformationMetadataException($"'{value}' is negative; a length of time is not.");
    }

    private static TimeSpan FromSeconds(double seconds) =>
        Math.Abs(seconds) <= TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : throw Refused(seconds);

    private static ArgumentTransformationMetadataException Refused(object? value) =>
        new($"'{value}' is not a length of time. Give a TimeSpan (New-TimeSpan -Minutes 5, '00:05:00') or a number of seconds.");
}

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
            string text when ClockText.Parse(text) is { } span => span,
            byte or short or int or long or float or double or decimal => FromDays(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => throw Refused(value),
        };
        return age >= TimeSpan.Zero ? age : throw Refused(value);
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan FromDays(double days) => Math.Abs(days) <= MostDays ? TimeSpan.FromDays(days) : throw Refused(days);

    private static ArgumentTransformationMetadataException Refused(object? value) => new($"'{value}' is no age. Give a number of days (30, 30d) or a TimeSpan.");
}
