using System.Globalization;

namespace Journal.Reports;

/// <summary>What stands at the head of a report.</summary>
internal static class ReportHead
{
    /// <summary>The period, and when and on whose clock it was made.</summary>
    public static string Subtitle(ReportModel model)
    {
        var made = TimeZoneInfo.ConvertTime(model.MadeAt, model.Zone);
        var text = string.Create(CultureInfo.InvariantCulture, $"Made {made:yyyy-MM-dd HH:mm:ss}; times are UTC{made:zzz}.");
        return model.Scope is { Since: { } since, Until: { } until }
            ? string.Create(CultureInfo.InvariantCulture, $"From {since:yyyy-MM-dd HH:mm} to {until:yyyy-MM-dd HH:mm}. {text}")
            : text;
    }
}
