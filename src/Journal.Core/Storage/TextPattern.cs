using System.Text;
using System.Text.RegularExpressions;

namespace Journal.Storage;

/// <summary>
/// A text, or a pattern with PowerShell's wildcards (<c>*</c>, <c>?</c>, <c>[a-z]</c>, escaped by a backtick), compared without case; without
/// wildcards it is compared exactly, so that a key finds itself and nothing else.
/// </summary>
public sealed class TextPattern
{
    private Regex? _regex;

    private TextPattern(string text, bool isPattern)
    {
        Text = text;
        IsPattern = isPattern;
    }

    /// <summary>The exact text, or the pattern.</summary>
    public string Text { get; }

    /// <summary>Whether it has wildcards.</summary>
    public bool IsPattern { get; }

    /// <summary>A text that is compared exactly, whatever it holds.</summary>
    public static TextPattern Exactly(string text) => new(text, false);

    /// <summary>A pattern, or an exact text when it has no wildcards; backticks that escape are removed from the latter.</summary>
    public static TextPattern Wildcard(string pattern)
    {
        var literal = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] is '*' or '?' or '[') return new TextPattern(pattern, true);
            if (pattern[i] == '`' && i + 1 < pattern.Length) i++;
            literal.Append(pattern[i]);
        }

        return new TextPattern(literal.ToString(), false);
    }

    /// <summary>The pattern as an anchored regular expression that .NET and common database engines read alike.</summary>
    public string ToRegex()
    {
        if (!IsPattern) return "^" + Regex.Escape(Text) + "$";
        var regex = new StringBuilder("^");
        for (var i = 0; i < Text.Length; i++)
        {
            switch (Text[i])
            {
                case '*': regex.Append(@"[\s\S]*"); break;
                case '?': regex.Append(@"[\s\S]"); break;
                case '`' when i + 1 < Text.Length: regex.Append(Escape(Text[++i])); break;
                case '[' when Text.IndexOf(']', i + 1) is var end and > 0:
                    regex.Append('[').Append(Text[(i + 1)..end].Replace(@"\", @"\\", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal)).Append(']');
                    i = end;
                    break;
                default: regex.Append(Escape(Text[i])); break;
            }
        }

        return regex.Append('$').ToString();
    }

    /// <summary>Whether a text matches. A null text matches nothing.</summary>
    public bool Matches(string? text)
    {
        if (text is null) return false;
        if (!IsPattern) return string.Equals(text, Text, StringComparison.Ordinal);
        _regex ??= new Regex(ToRegex(), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return _regex.IsMatch(text);
    }

    /// <summary>The text or pattern.</summary>
    public override string ToString() => Text;

    private static string Escape(char character) => Regex.Escape(character.ToString());
}
