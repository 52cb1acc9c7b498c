using System.Text;

namespace Journal.Terminal;

/// <summary>
/// Text as a terminal may show it. Keys, messages and names come from file systems, web servers and other people's journals; what is a command
/// to a terminal (escape sequences, but also marks that turn the direction of writing) is replaced by a character that can be seen.
/// </summary>
public static class TerminalText
{
    private const char Pictures = '\u2400';
    private const char PictureOfDelete = '\u2421';
    private const char Replacement = '\uFFFD';

    /// <summary>The text with every control character made visible; tabs and line breaks stay.</summary>
    /// <param name="text">Any text; null gives nothing.</param>
    public static string Safe(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var first = 0;
        while (first < text.Length && !IsCommand(text[first])) first++;
        if (first == text.Length) return text;
        var safe = new StringBuilder(text);
        for (var i = first; i < safe.Length; i++) if (IsCommand(safe[i])) safe[i] = Visible(safe[i]);
        return safe.ToString();
    }

    /// <summary>The same on one line.</summary>
    public static string SafeLine(string? text) => Safe(text?.ReplaceLineEndings(" ").Replace('\t', ' '));

    /// <summary>Whether a terminal takes a character for a command. A line end of its own (\r) is one: it would let a text overwrite what stands before it.</summary>
    public static bool IsCommand(char character) => character switch
    {
        '\t' or '\n' => false,
        < ' ' or (>= '\u007F' and <= '\u009F') => true,
        '\u200E' or '\u200F' or '\u061C' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        _ => false,
    };

    /// <summary>What stands for a command: its picture, where Unicode has one.</summary>
    public static char Visible(char command) => command switch
    {
        < ' ' => (char)(Pictures + command),
        '\u007F' => PictureOfDelete,
        _ => Replacement,
    };
}
