using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Journal.Storage;

/// <summary>
/// A text, or a pattern with PowerShell's wildcards (<c>*</c>, <c>?</c>, <c>[a-z]</c>, escaped by a backtick), compared without case; without
/// wildcards it is compared exactly, so that a key finds itself and nothing else, unless it is a name.
/// </summary>
public sealed class TextPattern
{
    // The one character beyond ASCII that .NET takes for a letter of ASCII in another case; engines do not.
    private const string KelvinSign = @"\u212A";

    private const int SurelyShort = 256;

    private Regex? _regex;

    private TextPattern(string text, bool isPattern, bool ignoresCase)
    {
        Text = text;
        IsPattern = isPattern;
        IgnoresCase = ignoresCase;
    }

    /// <summary>The exact text, or the pattern.</summary>
    public string Text { get; }

    /// <summary>Whether it has wildcards.</summary>
    public bool IsPattern { get; }

    /// <summary>Whether it is compared without case: a pattern, or a name.</summary>
    public bool IgnoresCase { get; }

    /// <summary>A text that is compared exactly, whatever it holds.</summary>
    public static TextPattern Exactly(string text) => new(text, false, false);

    /// <summary>The name of a batch, which is the same in any case.</summary>
    public static TextPattern Name(string name) => new(name, false, true);

    /// <summary>Names of batches: a pattern, or one name.</summary>
    public static TextPattern Names(string pattern) => Wildcard(pattern) is { IsPattern: false } name ? Name(name.Text) : Wildcard(pattern);

    /// <summary>A pattern, or an exact text when it has no wildcards; backticks that escape are removed from the latter.</summary>
    /// <exception cref="JournalException">InvalidValue: a pattern of some thousand characters, which would take more than it is worth.</exception>
    public static TextPattern Wildcard(string pattern)
    {
        var literal = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] is '*' or '?' or '[') return Pattern(pattern);
            if (pattern[i] == '`' && i + 1 < pattern.Length) i++;
            literal.Append(pattern[i]);
        }

        return new TextPattern(literal.ToString(), false, false);
    }

    private static TextPattern Pattern(string text)
    {
        var pattern = new TextPattern(text, true, true);
        // What is too long is told at once, and not in the middle of a query.
        if (text.Length > SurelyShort) pattern._regex = pattern.ToAutomaton();
        return pattern;
    }

    /// <summary>What every text that matches begins with, in any case where this ignores it; empty where that is nothing. It has no half of a surrogate pair.</summary>
    public string Prefix
    {
        get
        {
            if (!IsPattern) return Text;
            var prefix = new StringBuilder(Text.Length);
            for (var i = 0; i < Text.Length && Text[i] is not ('*' or '?' or '['); i++)
            {
                if (Text[i] == '`' && i + 1 < Text.Length) i++;
                prefix.Append(Text[i]);
            }

            var text = prefix.ToString();
            var whole = 0;
            while (whole < text.Length && Rune.TryGetRuneAt(text, whole, out var rune)) whole += rune.Utf16SequenceLength;
            return text[..whole];
        }
    }

    /// <summary>
    /// The pattern as an anchored regular expression that .NET and common database engines read alike, but for one thing: .NET's <c>$</c> also
    /// stands before a last line feed. <see cref="Matches"/> knows.
    /// </summary>
    public string ToRegex() => "^" + Body() + "$";

    private string Body()
    {
        if (!IsPattern) return Regex.Escape(Text);
        var regex = new StringBuilder();
        for (var i = 0; i < Text.Length; i++)
        {
            switch (Text[i])
            {
                case '*': regex.Append(@"[\s\S]*"); break;
                case '?': regex.Append(@"[\s\S]"); break;
                case '`' when i + 1 < Text.Length: regex.Append(Escape(Text[++i])); break;
                case '[' when Set(i + 1) is var (set, end):
                    regex.Append(set);
                    i = end;
                    break;
                default: regex.Append(Escape(Text[i])); break;
            }
        }

        return regex.ToString();
    }

    // The set that begins at an index, and where its bracket closes; null for what PowerShell calls an error: the bracket then stands for itself.
    private (string Set, int End)? Set(int start)
    {
        var characters = new List<(char Character, bool Literal)>();
        var end = start;
        for (; end < Text.Length && (Text[end] != ']' || end == start); end++)
        {
            var escaped = Text[end] == '`' && end + 1 < Text.Length;
            if (escaped) end++;
            characters.Add((Text[end], escaped));
        }

        if (end >= Text.Length || characters.Count == 0) return null;
        var set = new StringBuilder("[");
        for (var i = 0; i < characters.Count; i++)
        {
            var (first, last) = (characters[i].Character, characters[i].Character);
            if (i + 2 < characters.Count && characters[i + 1] is ('-', false))
            {
                last = characters[i += 2].Character;
                if (last < first) return null;
            }

            set.Append(CultureInfo.InvariantCulture, $@"\u{(int)first:X4}-\u{(int)last:X4}");
            if (first <= 'k' && last >= 'k' || first <= 'K' && last >= 'K') set.Append(KelvinSign);
        }

        return (set.Append(']').ToString(), end);
    }

    /// <summary>Whether a text matches. A null text matches nothing.</summary>
    public bool Matches(string? text)
    {
        if (text is null) return false;
        if (!IsPattern) return string.Equals(text, Text, IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        return (_regex ??= ToAutomaton()).IsMatch(text);
    }

    // One that never goes back takes time by the length of the text alone, whatever the pattern.
    private Regex ToAutomaton()
    {
        try
        {
            return new Regex("^" + Body() + @"\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            throw JournalErrors.InvalidValue("A pattern", Text, "it is too long.");
        }
    }

    /// <summary>The text or pattern.</summary>
    public override string ToString() => Text;

    private static string Escape(char character) => character is 'k' or 'K' ? $"[kK{KelvinSign}]" : Regex.Escape(character.ToString());
}
