using System.Globalization;
using System.Text;

namespace Journal.Reports;

/// <summary>
/// Two drawings over one axis of time: how many tasks had ended, and how many ended in each step. The drawings stretch to the width there is;
/// their labels are text of the page, so that they do not.
/// </summary>
internal static class ProgressChart
{
    private const double Width = 1000;
    private const double Height = 100;
    private const double Gap = 0.15;

    public static void Append(StringBuilder page, ReportModel model)
    {
        var stretches = model.Progress;
        var ended = stretches.Sum(static stretch => stretch.Ended);
        var top = model.Scope.IsPeriod ? ended : Math.Max(ended, model.Counts.Total);
        var highest = Math.Max(1, stretches.Max(static stretch => stretch.Ended));
        page.Append("<div class=\"chart\">\n");
        Scale(page, "scale", Number(top), (top / 2.0).ToString("#,0.#", CultureInfo.InvariantCulture), "0");
        Curve(page, stretches, Math.Max(1, top));
        Scale(page, "scale rate", Number(highest), "0");
        Bars(page, model, highest);
        page.Append("<div class=\"times\">");
        foreach (var at in Marks(model)) page.Append("<span>").Append(HtmlText.Encode(at)).Append("</span>");
        page.Append("</div>\n</div>\n");
    }

    private static void Curve(StringBuilder page, IReadOnlyList<JournalThroughput> stretches, long top)
    {
        var line = new StringBuilder("0,100");
        var sum = 0L;
        for (var i = 0; i < stretches.Count; i++)
        {
            sum += stretches[i].Ended;
            line.Append(' ').Append(HtmlText.Coordinate(Width * (i + 1) / stretches.Count)).Append(',').Append(HtmlText.Coordinate(Height - Height * sum / top));
        }

        page.Append("<svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Tasks that had ended, over time\">");
        foreach (var y in new[] { 0, 50, 100 }) page.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"0\" x2=\"1000\" y1=\"{y}\" y2=\"{y}\"/>");
        page.Append(CultureInfo.InvariantCulture, $"<polygon class=\"area\" points=\"{line} 1000,100\"/><polyline class=\"line\" points=\"{line}\"/></svg>\n");
    }

    private static void Bars(StringBuilder page, ReportModel model, long highest)
    {
        page.Append("<svg class=\"rate\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Tasks that ended in each step\">");
        page.Append("<line class=\"grid\" x1=\"0\" x2=\"1000\" y1=\"100\" y2=\"100\"/>");
        var step = Width / model.Progress.Count;
        for (var i = 0; i < model.Progress.Count; i++)
        {
            var stretch = model.Progress[i];
            if (stretch.Ended == 0) continue;
            page.Append("<g>");
            var y = Height;
            Bar(page, stretch.Completed, "fill-good");
            Bar(page, stretch.Skipped + stretch.Canceled, "fill-idle");
            Bar(page, stretch.Failed, "fill-bad");
            page.Append(CultureInfo.InvariantCulture, $"<title>{ReportText.Time(stretch.At, model.Zone).Text}: {Number(stretch.Completed)} completed, {Number(stretch.Failed)} failed, {Number(stretch.Skipped + stretch.Canceled)} skipped</title></g>");

            void Bar(StringBuilder drawing, long count, string paint)
            {
                if (count == 0) return;
                var height = Height * count / highest;
                y -= height;
                drawing.Append(CultureInfo.InvariantCulture, $"<rect class=\"{paint}\" x=\"{HtmlText.Coordinate((i + Gap / 2) * step)}\" y=\"{HtmlText.Coordinate(y)}\" width=\"{HtmlText.Coordinate(step * (1 - Gap))}\" height=\"{HtmlText.Coordinate(height)}\"/>");
            }
        }

        page.Append("</svg>\n");
    }

    // Begin, middle and end; the day is said once where all is within one.
    private static string[] Marks(ReportModel model)
    {
        var first = model.Progress[0].At;
        var last = model.Progress[^1].At + model.Progress[^1].Span;
        var span = last - first;
        DateTimeOffset[] marks = [first, first + span / 2, last];
        var form = span > TimeSpan.FromDays(4) ? "yyyy-MM-dd" : span > TimeSpan.FromHours(20) ? "MM-dd HH:mm" : span > TimeSpan.FromMinutes(20) ? "HH:mm" : "HH:mm:ss";
        return [.. marks.Select((at, i) => TimeZoneInfo.ConvertTime(at, model.Zone).ToString(i == 0 && span <= TimeSpan.FromHours(20) ? "yyyy-MM-dd " + form : form, CultureInfo.InvariantCulture))];
    }

    private static void Scale(StringBuilder page, string style, params string[] labels)
    {
        page.Append("<div class=\"").Append(style).Append("\">");
        foreach (var label in labels) page.Append("<span>").Append(label).Append("</span>");
        page.Append("</div>\n");
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
