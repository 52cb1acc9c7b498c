using System.Text.RegularExpressions;
using Journal.Formats;

namespace Journal.Yaml;

/// <summary>What a scalar without quotes is, by YAML 1.2's core schema as far as JSON can write it; and which texts need quotes.</summary>
internal static partial class PlainScalars
{
    /// <summary>The node of a scalar without quotes.</summary>
    public static Node Resolve(string text, int line) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => Node.Nothing(line),
        "true" or "True" or "TRUE" => Node.Of(true, line),
        "false" or "False" or "FALSE" => Node.Of(false, line),
        _ => JsonNumber().IsMatch(text) ? Node.Number(text, line) : Node.Of(text, line),
    };

    /// <summary>Whether a text can stand without quotes and is a text to every reader of YAML, older ones too.</summary>
    public static bool IsPlain(string text) => Word().IsMatch(text) && !Reserved().IsMatch(text);

    [GeneratedRegex(@"^-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,4})?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex JsonNumber();

    [GeneratedRegex(@"^[A-Za-z_/](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex("^(?:null|true|false|yes|no|on|off|y|n)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
