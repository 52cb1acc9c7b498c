using System.Globalization;
using Journal.Statistics;

namespace Journal.Reports;

/// <summary>Values of a report as cells.</summary>
internal static class ReportText
{
    public static ReportCell Text(string? text, int most = 500) => new(VisibleText.Of(text, most), text);

    public static ReportCell Number(long number) => new(number.ToString("N0", CultureInfo.InvariantCulture), number);

    public static ReportCell Number(double number) => new(number.ToString("#,0.##", CultureInfo.InvariantCulture), number);

    public static ReportCell Percent(double? percent) => new(percent is { } known ? known.ToString("0.#", CultureInfo.InvariantCulture) + " %" : "", percent);

    public static ReportCell Duration(TimeSpan? duration) => new(DurationText.Of(duration), duration?.TotalSeconds);

    public static ReportCell Time(DateTimeOffset? time, TimeZoneInfo zone)
    {
        if (time is not { } at) return new ReportCell("", null);
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return new ReportCell(local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), local);
    }

    public static ReportCell Bytes(long? bytes) => new(bytes is { } known ? Bytes(known) : "", bytes);

    private static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double amount = bytes;
        var unit = 0;
        for (; amount >= 1024 && unit < units.Length - 1; unit++) amount /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.#} {units[unit]}");
    }
}

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
