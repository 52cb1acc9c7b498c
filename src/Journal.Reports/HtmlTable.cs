using System.Globalization;
using System.Text;

namespace Journal.Reports;

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
