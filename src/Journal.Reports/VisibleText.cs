using System.Globalization;
using System.Text;

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
            // Each has a picture of its own.
            case < 0x20: visible.Append((char)(0x2400 + rune.Value)); break;
            case 0x7F: visible.Append('␡'); break;
            // They join letters and emoji, and cannot mislead.
            case 0x200C or 0x200D: visible.Append(rune.ToString()); break;
            default:
                if (Hides(rune)) visible.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
                else visible.Append(rune.ToString());
                break;
        }
    }

    private static bool Hides(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
