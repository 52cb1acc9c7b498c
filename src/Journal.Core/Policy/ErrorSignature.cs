using System.Text.RegularExpressions;

namespace Journal.Policy;

/// <summary>
/// The text by which failures are grouped: what changes from task to task (numbers, names in quotes, paths, addresses, times) is folded to
/// placeholders, so that ten thousand failures with one cause are one line of a report.
/// </summary>
/// <remarks>
/// Kept as they are, because they tell causes apart: HTTP status codes, exit codes, and the name of the native program that PowerShell
/// says ended with one.
/// </remarks>
public static class ErrorSignature
{
    /// <summary>The longest signature, in UTF-16 units; a longer one ends in <c>…</c>.</summary>
    public const int MaxLength = 200;

    // More than a signature can show even if most of it folds away; the rest of a hostile message is never looked at.
    private const int Considered = 2048;

    // The engine without backtracking: no text, whatever it holds, takes more than linear time.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    // Tried from top to bottom at each place of the text. The name of a group is its placeholder; "keep" stays, "drop" goes.
    private static readonly Regex Variable = new(
        """(?<keep>Program "[^"\p{Cc}]{1,64}" ended\b|\b(?:HTTP(?:/[0-9](?:\.[0-9])?)?(?: error| status)?|status(?: code)?|success|returned error)[ :=#(]{1,3}[1-5][0-9]{2}\b|\bexit(?:ed)?(?: with)?(?: code| status)?[ :=#(]{1,3}[0-9]{1,3}\b)"""
        + @"|(?<drop>\x1b(?:\[[0-9;]*[a-z])?)"
        + """|(?<value>\B'(?:[^']|\b'\b)*?'\B|"[^"]*"|`[^`]*`|“[^”]*”|‘[^’]*’|«[^»]*»)"""
        + """|(?<url>\b[a-z][a-z0-9+.-]{1,20}://[^\s'"<>]+)"""
        + @"|(?<email>\b[a-z0-9_.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
        + """|(?<path>\b[a-z]:[\\/][^\s'"<>|*?:;,()]*|\\\\[^\s'"<>|*?:;,()]+|\B(?:~|\.{1,2})?/[^\s'"<>|:;,()]+|[a-z0-9_.-]+(?:\\[a-z0-9_.-]+)+|[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+\.[a-z0-9]{1,5}\b)"""
        + @"|(?<guid>\{?\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b\}?)"
        + @"|(?<date>\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[t ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?z| ?[+-][0-9]{2}:?[0-9]{2})?)?|\b[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}\b|\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[ap]m\b)?)"
        + @"|(?<hex>\b0x[0-9a-f]+\b|\b[0-9a-f]{16,}\b)"
        + @"|(?<n>\b[0-9]+(?:[.,][0-9]+)*\b)"
        + @"|(?<word>[a-z0-9_]*[0-9][a-z0-9_]*)"
        + @"|(?<n>\d+)",
        Linear);

    // PowerShell puts the message of a .NET method's exception in quotes, where it would fold away and leave one signature for all of them.
    private static readonly Regex Wrapper = new("""^\s*Exception calling "[^"]*" with "[^"]*" argument\(s\): "(?<inner>.+?)"?\s*$""", Linear);
    private static readonly Regex Digits = new(@"\d+", Linear);
    private static readonly Regex Blank = new(@"[\s\p{Cc}-[\x1b]]+", Linear);
    private static readonly Regex Repeated = new("<path>(?: <path>)+|<value>(?:, ?<value>)+|<n>(?:, ?<n>)+", Linear);

    // A word of this length with digits among its letters is a name that a machine made (a video id, a hash), not a unit or a version.
    private const int MachineMade = 8;
    private static readonly Regex Counted = new("^(?:[a-z_]+[0-9]+|[0-9]+[a-z_]+)$", Linear);

    /// <summary>The signature of a message: one line, at most <see cref="MaxLength"/> long, and its own signature; empty for a blank message.</summary>
    /// <param name="message">Of any length; only its first line counts, and the next where that one ends with a colon.</param>
    public static string Of(string message)
    {
        var text = FirstLine(Cut(message.AsSpan().TrimStart(), Considered).ToString());
        while (Wrapper.Match(text) is { Success: true } wrapped) text = wrapped.Groups["inner"].Value;
        // Folding can bring together what then folds once more; each round leaves fewer digits, quotes and blanks, so this ends.
        while (true)
        {
            var folded = Fold(text);
            if (folded == text) return text;
            text = folded;
        }
    }

    private static string Fold(string text)
    {
        text = Variable.Replace(Blank.Replace(text, " "), static match => Placeholder(match));
        text = Repeated.Replace(text, static match => match.Value[..(match.Value.IndexOf('>', StringComparison.Ordinal) + 1)]).Trim();
        return text.Length <= MaxLength ? text : string.Concat(Cut(text, MaxLength - 1).TrimEnd(), "…");
    }

    private static string Placeholder(Match match)
    {
        foreach (var name in (ReadOnlySpan<string>)["keep", "drop", "word", "value", "url", "email", "path", "guid", "date", "hex"])
        {
            if (!match.Groups[name].Success) continue;
            return name switch
            {
                "keep" => match.Value,
                "drop" => "",
                "word" => match.Length >= MachineMade && !Counted.IsMatch(match.Value) ? "<id>" : Digits.Replace(match.Value, "<n>"),
                _ => $"<{name}>",
            };
        }

        return "<n>";
    }

    private static string FirstLine(string text)
    {
        var first = "";
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            first += line.Trim().ToString() + " ";
            if (first.Trim() is [.., not ':']) break;
        }

        return first;
    }

    private static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
