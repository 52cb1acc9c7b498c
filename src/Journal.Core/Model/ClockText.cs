using System.Globalization;

namespace Journal;

/// <summary>A length of time as people write it on a clock. Everything that reads one from text reads it here.</summary>
public static class ClockText
{
    /// <summary>Reads <c>[d.]h:mm[:ss[.f]]</c>: <c>26:00:00</c> is 26 hours, for which .NET takes 26 days; <c>1.02:00:00</c> is a day and two hours; a number alone is one of days, as .NET has it.</summary>
    /// <returns>Null where it is none, or longer than a TimeSpan can be.</returns>
    public static TimeSpan? Parse(string text)
    {
        var parts = text.Trim().Split(':');
        // With up to 23 hours .NET reads hours, too.
        if (parts.Length is not (2 or 3) || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours <= 23)
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
        }

        if (hours >= TimeSpan.MaxValue.TotalHours - 1 || !TimeSpan.TryParse($"0:{string.Join(':', parts[1..])}", CultureInfo.InvariantCulture, out var rest)) return null;
        return TimeSpan.FromHours(hours) + rest;
    }
}
