using System.Globalization;
using System.Text;
using Journal.Terminal;

namespace Journal.Reports;

/// <summary>
/// Text of unknown origin (keys, paths, error messages) on one line, in which nothing hides: what would move the cursor, colour a terminal or
/// turn the order of reading is replaced with a sign that can be seen.
/// </summary>
public static class VisibleText
{
    /// <summary>The text with its invisible characters shown.</summary>
    /// <param name="text">Any text, lone surrogates included.</param>
    /// <param name="most">At most so many characters, the last one then being an ellipsis.</param>
    public static string Of(string? text, int most = 500)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var visible = new StringBuilder(Math.Min(text.Length, most) + 8);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (visible.Length >= most) return visible.Append('…').ToString();
            Append(visible, rune);
        }

        return visible.ToString();
    }

    private static void Append(StringBuilder visible, Rune rune)
    {
        switch (rune.Value)
        {
            case '\n': visible.Append(" ↵ "); break;
            case '\t': visible.Append(' '); break;
            // They join letters and emoji, and cannot mislead.
            case 0x200C or 0x200D: visible.Append(rune.ToString()); break;
            default:
                if (rune.IsAscii && TerminalText.IsCommand((char)rune.Value)) visible.Append(TerminalText.Visible((char)rune.Value));
                else if (Hides(rune)) visible.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
                else visible.Append(rune.ToString());
                break;
        }
    }

    // More than commands the terminal: a mark of which nothing is seen at all makes two names look like one.
    private static bool Hides(Rune rune) => (rune.IsBmp && TerminalText.IsCommand((char)rune.Value))
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
