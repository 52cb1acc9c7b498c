namespace Journal.Reports;

/// <summary>What a report is written as.</summary>
public enum ReportFormat
{
    /// <summary>One page that needs nothing else, for a browser, a phone and paper.</summary>
    Html,

    /// <summary>Headings and tables, for a wiki or an issue.</summary>
    Markdown,

    /// <summary>Aligned tables, for a terminal or a mail.</summary>
    Text,

    /// <summary>All figures, for programs.</summary>
    Json,

    /// <summary>A line for every value of every table, for a spreadsheet.</summary>
    Csv,
}

/// <summary>Reports in all their formats.</summary>
public static class ReportRenderer
{
    /// <summary>The text of a report.</summary>
    public static string Render(ReportModel model, ReportFormat format) => format switch
    {
        ReportFormat.Html => HtmlReport.Render(model),
        ReportFormat.Markdown => MarkdownReport.Render(model),
        ReportFormat.Text => TextReport.Render(model),
        ReportFormat.Json => JsonReport.Render(model),
        _ => CsvReport.Render(model),
    };

    /// <summary>The format of a report: what was asked for, else what the file's name asks for, else a page.</summary>
    /// <param name="given">What was asked for; null for nothing.</param>
    /// <param name="file">Where it is to be written; null for nowhere.</param>
    /// <exception cref="JournalException">InvalidValue: the name asks for what there is not, such as a PDF.</exception>
    public static ReportFormat FormatFor(ReportFormat? given, string? file) => given ?? (Path.GetExtension(file) is { Length: > 0 } extension
        ? FormatOf(file!) ?? throw JournalErrors.InvalidValue("-Path", file, $"no report ends in '{extension}', but in .html, .md, .txt, .json or .csv; to write one under this name all the same, give -Format.")
        : ReportFormat.Html);

    /// <summary>The format that a file's name asks for; null where it asks for none.</summary>
    public static ReportFormat? FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".HTML" or ".HTM" => ReportFormat.Html,
        ".MD" or ".MARKDOWN" => ReportFormat.Markdown,
        ".TXT" or ".LOG" => ReportFormat.Text,
        ".JSON" => ReportFormat.Json,
        ".CSV" => ReportFormat.Csv,
        _ => null,
    };
}
