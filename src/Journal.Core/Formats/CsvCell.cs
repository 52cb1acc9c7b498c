using System.Globalization;

namespace Journal.Formats;

/// <summary>
/// One cell of a CSV file (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe in front, which spreadsheets show as
/// text; <see cref="Read"/> takes exactly that one off again, so that our own files come back as they were.
/// </summary>
public static class CsvCell
{
    /// <summary>The cell: neutralised, and quoted where it must be.</summary>
    /// <param name="text">Any text; null is the empty cell.</param>
    public static string Write(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var harmless = Neutralise(text);
        return harmless.AsSpan().IndexOfAny(",\"\r\n") >= 0 || harmless[0] is ' ' || harmless[^1] is ' '
            ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : harmless;
    }

    /// <summary>A line of cells, without its end.</summary>
    public static string WriteLine(IEnumerable<string?> cells) => string.Join(',', cells.Select(Write));

    /// <summary>The text that <see cref="Write"/> was given.</summary>
    /// <param name="cell">A cell's content, its quotes already resolved.</param>
    public static string Read(string cell) => cell.StartsWith('\'') && IsFormula(cell) ? cell[1..] : cell;

    private static string Neutralise(string text) => IsFormula(text) ? "'" + text : text;

    // Apostrophes in front do not count, so that a text that begins with one can be told from one that was neutralised.
    private static bool IsFormula(string text)
    {
        var start = text.AsSpan().TrimStart('\'').TrimStart(' ');
        return start.Length > 0 && start[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '|' or '＝' or '＋' or '－' or '＠' && !IsNumber(start);
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        text[0] is '-' or '+' && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && char.IsAsciiDigit(text[^1]);
}
