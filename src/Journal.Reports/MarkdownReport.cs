using System.Text;

namespace Journal.Reports;

/// <summary>A report as Markdown (GitHub's tables).</summary>
internal static class MarkdownReport
{
    // All that could begin markup, wherever it stands; a backslash before punctuation is always allowed.
    private const string Markup = "\\`*_{}[]<>()#+-.!|~&:@$=\"'";

    public static string Render(ReportModel model)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(Escape(VisibleText.Of(model.Scope.Title))).Append("\n\n").Append(ReportHead.Subtitle(model)).Append('\n');
        foreach (var section in ReportSections.Of(model))
        {
            text.Append("\n## ").Append(section.Title).Append("\n\n");
            if (section.Note is { } note) text.Append(note).Append("\n\n");
            Row(text, section.Columns.Select(static column => column.Name));
            Row(text, section.Columns.Select(static column => column.Kind is ColumnKind.Text or ColumnKind.Word ? "---" : "---:"));
            foreach (var row in section.Rows) Row(text, row.Select((cell, column) => section.Columns[column].Kind is ColumnKind.Text or ColumnKind.Word || cell.Value is string ? Escape(cell.Text) : cell.Text));
        }

        return text.ToString();
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            if (NeedsEscape(text, i)) escaped.Append('\\');
            escaped.Append(text[i]);
        }

        return escaped.ToString();
    }

    // Punctuation within a word or number means nothing but in a few cases: /photos/IMG-1.jpg stays readable.
    private static bool NeedsEscape(string text, int i)
    {
        if (!Markup.Contains(text[i], StringComparison.Ordinal)) return false;
        return text[i] is not ('-' or '.' or '+' or '(' or ')' or '\'' or '"' or '=' or '!' or '{' or '}') || i == 0;
    }
}
