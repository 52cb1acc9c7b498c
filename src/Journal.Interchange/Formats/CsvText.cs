using System.Text;
using Journal.Formats;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>Rows of a table with commas, as RFC 4180 has it; a cell in quotes may go over several lines.</summary>
internal static class CsvText
{
    /// <summary>A cell, and whether it stood in quotes: only such a one can be an empty text.</summary>
    public readonly record struct Cell(string Text, bool Quoted);

    /// <summary>The rows, each with the line it begins on. Blank lines are no rows.</summary>
    /// <exception cref="JournalException">ImportFileInvalid.</exception>
    public static IEnumerable<(int Line, List<Cell> Cells)> Read(SourceFile file)
    {
        var text = file.Text;
        var line = 1;
        for (var at = 0; at < text.Length;)
        {
            var begins = line;
            var cells = ReadRow(file, text, ref at, ref line);
            if (cells.Count > 1 || cells[0].Text.Length > 0) yield return (begins, cells);
        }
    }

    private static List<Cell> ReadRow(SourceFile file, string text, ref int at, ref int line)
    {
        var cells = new List<Cell>();
        while (true)
        {
            cells.Add(at < text.Length && text[at] == '"' ? ReadQuoted(file, text, ref at, ref line) : ReadPlain(text, ref at));
            if (at >= text.Length) throw file.Wrong(line, "The last line has no end: the file is cut. (If it is whole, add a line break.)");
            switch (text[at])
            {
                case ',':
                    at++;
                    break;
                case '\r' when at + 1 < text.Length && text[at + 1] == '\n':
                    at += 2;
                    line++;
                    return cells;
                case '\n':
                    at++;
                    line++;
                    return cells;
                default:
                    throw file.Wrong(line, "There is text after the closing quote of a cell.");
            }
        }
    }

    private static Cell ReadPlain(string text, ref int at)
    {
        var end = at;
        while (end < text.Length && text[end] is not (',' or '\n') && !(text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n')) end++;
        var cell = text[at..end];
        at = end;
        return new Cell(cell, false);
    }

    private static Cell ReadQuoted(SourceFile file, string text, ref int at, ref int line)
    {
        var begins = line;
        var cell = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '\n') line++;
            if (c != '"')
            {
                cell.Append(c);
                continue;
            }

            at++;
            if (at >= text.Length || text[at] != '"') return new Cell(cell.ToString(), true);
            cell.Append('"');
        }

        throw file.Wrong(begins, "A quoted cell has no end: the file is cut.");
    }
}
