using System.Globalization;
using System.Text.RegularExpressions;

namespace Journal.Help;

/// <summary>
/// What a parameter is where it is not given: what its page says ("by default …"), else what its class begins with, else what its type has. The classes are
/// read as source, for a cmdlet cannot be made without a PowerShell.
/// </summary>
/// <param name="source">The folder with the sources of the cmdlets.</param>
internal sealed partial class DefaultValues(string source)
{
    /// <summary>What help shows where there is none.</summary>
    public const string None = "None";

    private readonly Dictionary<string, string> _texts = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
        .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText).SelectMany(ClassesIn).GroupBy(static one => one.Name).ToDictionary(static same => same.Key, static same => same.First().Text);

    /// <summary>The default of a parameter, in words or as it would be typed.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="prose">What its page says of it.</param>
    public string Of(ParameterShape parameter, string prose)
    {
        if (parameter.Places.Values.All(static place => place.Mandatory)) return None;
        if (Said().Match(prose) is { Success: true } said) return said.Groups[1].Value.Replace("`", "", StringComparison.Ordinal).ReplaceLineEndings(" ").Trim();
        if (parameter.IsSwitch) return "False";
        if (Initial(parameter) is { } initial) return initial;
        if (!parameter.HasValueAlways) return None;
        return parameter.Values.Count > 0 ? parameter.Values[0] : parameter.Type is "int" or "long" or "double" ? "0" : None;
    }

    // A file holds a class, and sometimes smaller ones below it.
    private static IEnumerable<(string Name, string Text)> ClassesIn(string text)
    {
        var heads = Heads().Matches(text);
        for (var i = 0; i < heads.Count; i++) yield return (heads[i].Groups[1].Value, text[heads[i].Index..(i + 1 < heads.Count ? heads[i + 1].Index : text.Length)]);
    }

    private string? Initial(ParameterShape parameter)
    {
        if (parameter.Owner is not { } owner || !_texts.TryGetValue(owner.Name, out var text)) return null;
        var match = Regex.Match(text, $@"\s{parameter.Name}\s*\{{ get; set; \}} = (.+);\r?\n");
        return match.Success ? Shown(match.Groups[1].Value) : null;
    }

    // What initial values look like; another form is shown as it stands, which a test finds.
    private static string? Shown(string code)
    {
        if (code is "\"\"" or "[]" or "null!") return null;
        if (Days().Match(code) is { Success: true } days) return $"{days.Groups[1].Value} days";
        if (Names().Match(code) is { Success: true } name) return name.Groups[1].Value;
        return string.Join(", ", code.TrimStart('[').TrimEnd(']').Split(", ").Select(static item => item.Trim('"').Replace("_", "", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\bby default (?!of)([^.;]+(?:\.[^\s.;][^.;]*)*)", RegexOptions.IgnoreCase)]
    private static partial Regex Said();

    [GeneratedRegex(@"^(?:public|internal) [a-z ]*class (\w+)", RegexOptions.Multiline)]
    private static partial Regex Heads();

    [GeneratedRegex(@"^TimeSpan\.FromDays\((\d+)\)$")]
    private static partial Regex Days();

    [GeneratedRegex(@"^\[?(?:nameof\()?[A-Za-z]+\.([A-Za-z]+)\)?\]?$")]
    private static partial Regex Names();
}
