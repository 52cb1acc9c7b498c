using System.Globalization;
using System.Text;
using Journal.Formats;

namespace Journal.Reports;

/// <summary>A report as one table in long form: a line for every value, so that a spreadsheet can filter and pivot tables of any shape.</summary>
internal static class CsvReport
{
    public static string Render(ReportModel model)
    {
        var csv = new StringBuilder();
        Line(csv, "Section", "Row", "Column", "Value");
        foreach (var section in ReportSections.Of(model))
        {
            for (var row = 0; row < section.Rows.Count; row++)
            {
                if (section.Part == ReportPart.Overview)
                {
                    Line(csv, section.Title, "", section.Rows[row][0].Text, Text(section.Rows[row][1].Value) ?? "");
                    continue;
                }

                for (var column = 0; column < section.Columns.Count; column++)
                {
                    if (Text(section.Rows[row][column].Value) is { Length: > 0 } value)
                    {
                        Line(csv, section.Title, (row + 1).ToString(CultureInfo.InvariantCulture), section.Columns[column].Name, value);
                    }
                }
            }
        }

        return csv.ToString();
    }

    private static string? Text(object? value) => value switch
    {
        string text => VisibleText.Of(text, int.MaxValue),
        DateTimeOffset time => time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static void Line(StringBuilder csv, params string[] cells) => csv.Append(CsvCell.WriteLine(cells)).Append("\r\n");
}
