using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Journal.Statistics;

namespace Journal.Reports;

/// <summary>
/// A report as one page that needs nothing else: its style and drawings are in it, it runs no script, and its own policy forbids the browser
/// to load anything. What tables say is text, encoded in one place.
/// </summary>
internal static class HtmlReport
{
    // No icon is an icon too; without one a browser asks the server for it.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private static readonly Lazy<string> Style = new(ReadStyle);

    public static string Render(ReportModel model)
    {
        var sections = ReportSections.Of(model);
        var page = new StringBuilder();
        var title = HtmlText.Encode(VisibleText.Of(model.Scope.Title));
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <title>{title}</title>
            <style>
            {Style.Value}</style>
            </head>
            <body>
            <main>
            <header>
            <h1>{title}{Pill(model.Single)}</h1>
            <p class="sub">{HtmlText.Encode(ReportHead.Subtitle(model))}</p>
            {Pause(model)}</header>

            """);
        Tiles(page, model);
        StatusBar.Append(page, model.Counts);
        foreach (var section in sections.Where(static section => section.Part != ReportPart.Overview)) Section(page, model, section);
        if (sections.FirstOrDefault(static section => section.Part == ReportPart.Overview) is { } overview) Figures(page, overview);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Section(StringBuilder page, ReportModel model, ReportSection section)
    {
        page.Append("<section>\n<h2>").Append(HtmlText.Encode(section.Title)).Append("</h2>\n");
        if (section.Note is { } note) page.Append("<p class=\"note\">").Append(HtmlText.Encode(note)).Append("</p>\n");
        if (section.Part == ReportPart.Progress)
        {
            ProgressChart.Append(page, model);
            page.Append("<details><summary>As a table</summary>\n");
            HtmlTable.Append(page, section);
            page.Append("</details>\n");
        }
        else
        {
            HtmlTable.Append(page, section);
            if (section.Part == ReportPart.Failures) Logs(page, model);
        }

        page.Append("</section>\n");
    }

    private static void Logs(StringBuilder page, ReportModel model)
    {
        foreach (var task in model.Failures)
        {
            if (!model.FailureLogs.TryGetValue(task.Id, out var log)) continue;
            var name = ReportText.Text(task.Key, 120).Text;
            page.Append(CultureInfo.InvariantCulture, $"<details><summary>Log of {HtmlText.Encode(name)}</summary>\n<pre class=\"log\">");
            foreach (var line in log.Split('\n')) page.Append(HtmlText.Encode(VisibleText.Of(line, int.MaxValue))).Append('\n');
            page.Append("</pre></details>\n");
        }
    }

    private static void Tiles(StringBuilder page, ReportModel model)
    {
        page.Append("<dl class=\"tiles\">\n");
        foreach (var tile in HtmlTile.Of(model))
        {
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"tile\"><dt>{HtmlText.Encode(tile.Name)}</dt><dd{(tile.IsBad ? " class=\"bad\"" : "")}>{HtmlText.Encode(tile.Value)}</dd>");
            if (tile.Detail.Length > 0) page.Append("<dd>").Append(HtmlText.Encode(tile.Detail)).Append("</dd>");
            page.Append("</div>\n");
        }

        page.Append("</dl>\n");
    }

    private static void Figures(StringBuilder page, ReportSection overview)
    {
        page.Append("<section>\n<h2>All figures</h2>\n<dl class=\"figures\">\n");
        foreach (var row in overview.Rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{HtmlText.Encode(row[0].Text)}</dt><dd>{HtmlText.Encode(row[1].Text)}</dd></div>\n");
        }

        page.Append("</dl>\n</section>\n");
    }

    private static string Pill(JournalBatchSummary? batch) => batch is null
        ? ""
        : $"<span class=\"pill {Mood(batch)}\">{HtmlText.Encode(batch.StatusText)}</span>";

    private static string Mood(JournalBatchSummary batch) => batch.Status switch
    {
        JournalBatchStatus.Completed => "good",
        JournalBatchStatus.Failed => "bad",
        // One without a worker waits for somebody.
        JournalBatchStatus.Running when batch.StatusText == nameof(JournalBatchStatus.Running) => "busy",
        _ => "idle",
    };

    private static string Pause(ReportModel model) => model.Single is { Status: JournalBatchStatus.Paused } batch
        ? $"<p class=\"sub\">Paused: {HtmlText.Encode(VisibleText.Of(batch.PauseReason ?? "by hand"))}{(batch.PausedUntil is null ? "" : HtmlText.Encode($", until {ReportText.Time(batch.PausedUntil, model.Zone).Text}"))}</p>\n"
        : "";

    private static string ReadStyle()
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("Journal.Reports.report.css")!);
        return reader.ReadToEnd();
    }
}

/// <summary>Text and numbers as they stand in a page.</summary>
internal static class HtmlText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>A text of unknown origin, for an element's content or a quoted attribute.</summary>
    public static string Encode(string text) => Encoder.Encode(text);

    /// <summary>A number in an attribute of a drawing.</summary>
    public static string Coordinate(double number) => Math.Round(number, 2).ToString(CultureInfo.InvariantCulture);
}

/// <summary>One of the few figures that stand large at the head of a page.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The figure.</param>
/// <param name="Detail">A figure beside it; empty for none.</param>
/// <param name="IsBad">It calls for attention.</param>
internal readonly record struct HtmlTile(string Name, string Value, string Detail = "", bool IsBad = false)
{
    /// <summary>The tiles of a report.</summary>
    public static IEnumerable<HtmlTile> Of(ReportModel model)
    {
        var counts = model.Counts;
        yield return model.Scope.IsPeriod
            ? new HtmlTile("Ended", Number(counts.Total), model.Batches.Count == 1 ? "in 1 batch" : $"in {Number(model.Batches.Count)} batches")
            : new HtmlTile("Done", ReportText.Percent(counts.Percent).Text, $"{Number(counts.Ended)} of {Number(counts.Total)}");
        yield return new HtmlTile("Completed", Number(counts.Completed), counts.SuccessRate is { } rate ? $"success rate {ReportText.Percent(rate).Text}" : "");
        yield return new HtmlTile("Failed", Number(counts.Failed), model.Errors.Count switch { 0 => "", 1 => "1 kind of error", var kinds => $"{kinds} kinds of errors" }, counts.Failed > 0);
        if (!model.Scope.IsPeriod && counts.Open > 0)
        {
            yield return new HtmlTile("Remaining", Number(counts.Open), model.Single?.Eta is { } eta ? $"about {DurationText.Of(eta)} of work" : "");
        }

        if (model.MedianDuration is not null)
        {
            yield return new HtmlTile("Median duration", DurationText.Of(model.MedianDuration), $"95 % within {DurationText.Of(model.P95Duration)}");
        }

        if (model.Outputs.Recorded > 0)
        {
            var missing = model.Outputs.Missing;
            yield return new HtmlTile("Outputs", Number(model.Outputs.Recorded), missing is { } gone ? gone == 0 ? "all on disk" : $"{Number(gone)} missing" : "files recorded", missing > 0);
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>A section's table in a page: a table where there is room, and a list of cards, each value beside its heading, on a phone.</summary>
internal static class HtmlTable
{
    public static void Append(StringBuilder page, ReportSection section)
    {
        page.Append("<table>\n<thead><tr>");
        foreach (var column in section.Columns) page.Append("<th").Append(column.Kind == ColumnKind.Number ? " class=\"n\"" : "").Append('>').Append(HtmlText.Encode(column.Name)).Append("</th>");
        page.Append("</tr></thead>\n<tbody>\n");
        var largest = section.Columns.Select((_, column) => section.Rows.Max(row => Measure(row[column]))).ToArray();
        foreach (var row in section.Rows)
        {
            page.Append("<tr>");
            for (var column = 0; column < row.Count; column++) Cell(page, section, column, row[column], largest[column]);
            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table>\n");
    }

    private static void Cell(StringBuilder page, ReportSection section, int column, ReportCell cell, double largest)
    {
        var (name, kind) = section.Columns[column];
        var style = kind switch
        {
            ColumnKind.Number => " class=\"n\"",
            ColumnKind.Bar => " class=\"bar\"",
            ColumnKind.Word => " class=\"w\"",
            _ => "",
        };
        page.Append(CultureInfo.InvariantCulture, $"<td{style} data-label=\"{HtmlText.Encode(name)}\">{HtmlText.Encode(cell.Text)}");
        if (kind == ColumnKind.Bar && largest > 0)
        {
            var paint = section.Part == ReportPart.Errors ? "fill-bad" : "fill-accent";
            page.Append(CultureInfo.InvariantCulture, $"<svg aria-hidden=\"true\"><rect class=\"fill-open\" width=\"100%\" height=\"4\"/><rect class=\"{paint}\" width=\"{HtmlText.Coordinate(100 * Measure(cell) / largest)}%\" height=\"4\"/></svg>");
        }

        page.Append("</td>");
    }

    private static double Measure(ReportCell cell) => cell.Value is long or double ? Convert.ToDouble(cell.Value, CultureInfo.InvariantCulture) : 0;
}

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
