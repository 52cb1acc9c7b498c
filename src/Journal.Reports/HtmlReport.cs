using System.Globalization;
using System.Text;

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
        }

        page.Append("</section>\n");
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
