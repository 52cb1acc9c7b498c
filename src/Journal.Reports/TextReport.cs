using System.Globalization;
using System.Text;

namespace Journal.Reports;

/// <summary>A report as plain text with aligned tables, not wider than most terminals and mails where its values allow.</summary>
internal static class TextReport
{
    private const int WidestCell = 48;

    public static string Render(ReportModel model)
    {
        var text = new StringBuilder();
        text.Append(VisibleText.Of(model.Scope.Title)).Append('\n').Append(ReportHead.Subtitle(model)).Append('\n');
        foreach (var section in ReportSections.Of(model))
        {
            text.Append('\n').Append(section.Title).Append('\n').Append('-', section.Title.Length).Append('\n');
            if (section.Note is { } note) text.Append(note).Append('\n');
            Table(text, section);
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, ReportSection section)
    {
        var headless = section.Part == ReportPart.Overview;
        var rows = section.Rows.Select(row => row.Select((cell, column) => Clip(cell.Text, column == row.Count - 1)).ToArray()).ToList();
        if (!headless) rows.Insert(0, [.. section.Columns.Select(static column => column.Name)]);
        var widths = section.Columns.Select((_, column) => rows.Max(row => Width(row[column]))).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder("  ");
            for (var column = 0; column < row.Length; column++)
            {
                var space = new string(' ', widths[column] - Width(row[column]));
                line.Append(section.Columns[column].Kind is ColumnKind.Text or ColumnKind.Word || headless ? row[column] + space : space + row[column]).Append("  ");
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    // The last column may be as long as it likes: nothing stands behind it.
    private static string Clip(string text, bool isLast) => isLast || text.Length <= WidestCell ? text : string.Concat(text.AsSpan(0, WidestCell / 3), "…", text.AsSpan(text.Length - (WidestCell * 2 / 3) + 1));

    private static int Width(string text) => new StringInfo(text).LengthInTextElements;
}
