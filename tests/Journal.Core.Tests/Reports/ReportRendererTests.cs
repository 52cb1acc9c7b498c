using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Journal.Reports;

namespace Journal.Tests.Reports;

/// <summary>A report is opened by people who did not write the texts in it: nothing in a key, a path or an error may act, hide or break the form.</summary>
public partial class ReportRendererTests
{
    public static TheoryData<string> Hostile => [.. Sample.HostileTexts];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_page_shows_hostile_text_as_text(string text)
    {
        var html = ReportRenderer.Render(Sample.Model(text), ReportFormat.Html);
        var elements = Parse(html).Descendants().ToList();
        Assert.DoesNotContain(elements, static element => element.Name.LocalName is "script" or "img" or "iframe" or "a" or "object");
        Assert.DoesNotContain(elements.SelectMany(static element => element.Attributes()), static attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Contains(elements, element => element.Name.LocalName == "td" && element.Value.StartsWith(VisibleText.Of(text), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_page_shows_the_log_of_a_failed_task_line_by_line(string text)
    {
        var log = Assert.Single(Parse(ReportRenderer.Render(Sample.Model(text), ReportFormat.Html)).Descendants("pre")).Value;
        var lines = text.Split('\n').Length;
        Assert.Equal(lines + 2, log.Split('\n').Length);
        Assert.StartsWith("2024-08-16T20:04:01.000Z WARNING " + VisibleText.Of(text.Split('\n')[0]), log, StringComparison.Ordinal);
        Assert.EndsWith("\n2024-08-16T20:04:02.000Z STDERR last\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain(log, static character => character is not '\n' && char.IsControl(character));
    }

    [Fact]
    public void A_page_of_any_text_is_well_formed() =>
        Law.Holds(Law.AnyText, static text => Parse(ReportRenderer.Render(Sample.Model(text), ReportFormat.Html)).Name.LocalName == "html");

    [Fact]
    public void A_page_loads_nothing_from_anywhere()
    {
        var html = ReportRenderer.Render(Sample.Model("x"), ReportFormat.Html);
        Assert.DoesNotMatch(@"(?i)https?:|url\(|@import|//[a-z]", html);
        var loading = Parse(html).Descendants().Attributes().Where(static attribute => attribute.Name.LocalName is "src" or "href" or "action" or "data").ToList();
        Assert.Equal("data:,", Assert.Single(loading).Value);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_is_for_both_schemes_for_phones_and_for_paper()
    {
        var html = ReportRenderer.Render(Sample.Model("x"), ReportFormat.Html);
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
        Assert.Contains("@media print", html, StringComparison.Ordinal);
        Assert.Contains("width=device-width", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_column_of_a_table_is_named_in_its_cells_for_narrow_screens()
    {
        foreach (var table in Parse(ReportRenderer.Render(Sample.Model("x"), ReportFormat.Html)).Descendants("table"))
        {
            var names = table.Descendants("th").Select(static head => head.Value).ToList();
            Assert.All(table.Descendants("tbody").Elements("tr"), row => Assert.Equal(names, row.Elements("td").Select(static cell => cell.Attribute("data-label")!.Value)));
        }
    }

    [Fact]
    public void Shares_and_bars_stay_within_their_drawing()
    {
        var widths = Parse(ReportRenderer.Render(Sample.Model("x"), ReportFormat.Html)).Descendants("rect")
            .Select(static bar => bar.Attribute("width")!.Value).Where(static width => width.EndsWith('%')).Select(static width => double.Parse(width[..^1], null)).ToList();
        Assert.NotEmpty(widths);
        Assert.All(widths, static width => Assert.InRange(width, 0, 100));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_spreadsheet_runs_nothing_of_it(string text)
    {
        foreach (var cell in Cells(ReportRenderer.Render(Sample.Model(text), ReportFormat.Csv)))
        {
            Assert.DoesNotMatch(@"^[=@\t\r|]|^[-+](?!\d)", cell);
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Plain_text_moves_no_cursor_and_turns_no_direction(string text)
    {
        foreach (var format in new[] { ReportFormat.Text, ReportFormat.Markdown, ReportFormat.Csv, ReportFormat.Html, ReportFormat.Json })
        {
            var shown = ReportRenderer.Render(Sample.Model(text), format);
            Assert.DoesNotContain(shown, static character => char.IsControl(character) && character is not ('\r' or '\n'));
            Assert.DoesNotContain('\u202E', shown);
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Markdown_keeps_its_tables(string text)
    {
        var rows = ReportRenderer.Render(Sample.Model(text), ReportFormat.Markdown).ReplaceLineEndings("\n").Split('\n').Where(static line => line.StartsWith('|')).ToList();
        var columns = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var count = UnescapedPipe().Count(rows[i]);
            if (i + 1 < rows.Count && rows[i + 1].StartsWith("| --", StringComparison.Ordinal)) columns = count;
            Assert.Equal(columns, count);
            Assert.DoesNotMatch(@"(?<!\\)<", rows[i]);
        }
    }

    [Fact]
    public void A_report_counts_the_files_that_several_tasks_recorded()
    {
        Assert.Matches("Outputs of several tasks\\W+1\\b", ReportRenderer.Render(Sample.Model("x"), ReportFormat.Text));
        using var json = JsonDocument.Parse(ReportRenderer.Render(Sample.Model("x"), ReportFormat.Json));
        Assert.Equal(1, json.RootElement.GetProperty("Outputs").GetProperty("Shared").GetInt32());
    }

    [Fact]
    public void Json_holds_the_texts_and_figures_as_they_are() => Law.Holds(Law.AnyText.Where(IsWellFormed), static text =>
    {
        using var json = JsonDocument.Parse(ReportRenderer.Render(Sample.Model(text), ReportFormat.Json));
        return json.RootElement.GetProperty("Failures")[0].GetProperty("Key").GetString() == text
            && json.RootElement.GetProperty("Counts").GetProperty("Completed").GetInt64() == 2
            && json.RootElement.GetProperty("Batches")[0].GetProperty("Stages")[0].GetProperty("MeanDuration").GetDouble() == 2;
    });

    [Fact]
    public void Csv_has_a_line_for_every_value()
    {
        var csv = ReportRenderer.Render(Sample.Model("k"), ReportFormat.Csv);
        Assert.StartsWith("Section,Row,Column,Value\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("Overview,,Completed,2\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("Errors,1,Tasks,1\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("Slowest tasks,1,Duration,4\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("Progress over time,2,In all,3\r\n", csv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r.html", ReportFormat.Html)]
    [InlineData("r.MD", ReportFormat.Markdown)]
    [InlineData("r.txt", ReportFormat.Text)]
    [InlineData("r.json", ReportFormat.Json)]
    [InlineData("r.csv", ReportFormat.Csv)]
    [InlineData("r", null)]
    public void A_file_name_tells_the_format(string path, ReportFormat? format) => Assert.Equal(format, ReportRenderer.FormatOf(path));

    // The pages are written so that XML can read them but for HTML's few void elements.
    private static XElement Parse(string html) => XElement.Parse(VoidElement().Replace(html["<!DOCTYPE html>".Length..], "<$1/>"));

    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(static rune => rune.Value != 0xFFFD) && !text.Contains('\uFFFD', StringComparison.Ordinal);

    private static IEnumerable<string> Cells(string csv)
    {
        foreach (Match cell in Cell().Matches(csv)) yield return cell.Groups["quoted"].Success ? cell.Groups["quoted"].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : cell.Value;
    }

    [GeneratedRegex("<((?:meta|link)[^>]*)>")]
    private static partial Regex VoidElement();

    [GeneratedRegex("\"(?<quoted>(?:[^\"]|\"\")*)\"|[^,\r\n]+")]
    private static partial Regex Cell();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex UnescapedPipe();
}
