using System.Globalization;
using System.Text;

namespace Journal.Reports;

/// <summary>How the tasks divide into statuses: one bar, with a legend that says the same in numbers.</summary>
internal static class StatusBar
{
    public static void Append(StringBuilder page, TaskCounts counts)
    {
        if (counts.Total == 0) return;
        (string Name, long Count, string Paint)[] parts =
        [
            ("completed", counts.Completed, "fill-good"), ("skipped", counts.Skipped, "fill-idle"), ("canceled", counts.Canceled, "fill-idle"),
            ("failed", counts.Failed, "fill-bad"), ("in progress", counts.InProgress, "fill-accent"), ("waiting", counts.Pending, "fill-open"),
        ];
        var shown = parts.Where(static part => part.Count > 0).ToList();
        page.Append(CultureInfo.InvariantCulture, $"<svg class=\"share\" role=\"img\" aria-label=\"{string.Join(", ", shown.Select(Words))}\">");
        var start = 0.0;
        foreach (var (_, count, paint) in shown)
        {
            var width = 100.0 * count / counts.Total;
            page.Append(CultureInfo.InvariantCulture, $"<rect class=\"{paint}\" x=\"{HtmlText.Coordinate(start)}%\" width=\"{HtmlText.Coordinate(width)}%\" height=\"10\"/>");
            start += width;
        }

        page.Append("</svg>\n<ul class=\"legend\">");
        foreach (var part in shown) page.Append(CultureInfo.InvariantCulture, $"<li><svg aria-hidden=\"true\"><circle class=\"{part.Paint}\" cx=\"4.5\" cy=\"4.5\" r=\"4.5\"/></svg>{Words(part)}</li>");
        page.Append("</ul>\n");
    }

    private static string Words((string Name, long Count, string Paint) part) => string.Create(CultureInfo.InvariantCulture, $"{part.Count:N0} {part.Name}");
}
