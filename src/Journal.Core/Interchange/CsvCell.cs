namespace Journal.Interchange;

/// <summary>
/// A text in a cell of a table that a spreadsheet may open: what the spreadsheet would run as a formula gets an apostrophe before it, which
/// shows it as text. The apostrophe of a text that begins with one is doubled, so that nothing is lost.
/// </summary>
public static class CsvCell
{
    private const string Beginnings = "=+-@\t\r\n'＝＋－＠";

    private const string Quoted = ",\"\r\n";

    /// <summary>The cell: neutralised, and quoted where it has to be.</summary>
    /// <param name="text">Any text; null is an empty cell, and the empty text a quoted one.</param>
    public static string Write(string? text)
    {
        if (text is null) return "";
        if (text.Length == 0) return "\"\"";
        var safe = Beginnings.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(Quoted) >= 0 || safe[0] == ' ' || safe[^1] == ' ' ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    /// <summary>The text of a cell that <see cref="Write"/> wrote and a reader of tables has unquoted.</summary>
    public static string Restore(string text) =>
        text.Length > 1 && text[0] == '\'' && Beginnings.Contains(text[1], StringComparison.Ordinal) ? text[1..] : text;
}
