using System.Text;
using System.Text.RegularExpressions;

namespace Journal.Help;

/// <summary>The parts of a page that reflection writes: the section SYNTAX, and the block of facts under each parameter.</summary>
internal static partial class GeneratedParts
{
    /// <summary>The page with these parts as the cmdlet is now. Prose stays as it is.</summary>
    public static string Renew(string page, CmdletShape shape, DefaultValues defaults)
    {
        page = SyntaxSection().Replace(page, _ => Syntax(shape));
        foreach (var parameter in shape.Parameters)
        {
            var heading = $"\n### -{parameter.Name}\n";
            var start = page.IndexOf(heading, StringComparison.Ordinal);
            if (start < 0) continue;
            var end = page.IndexOf("\n#", start + heading.Length, StringComparison.Ordinal);
            if (end < 0) end = page.Length;
            var prose = Facts().Replace(page[start..end], "").TrimEnd('\n');
            page = $"{page[..start]}{prose}\n\n{FactsOf(parameter, defaults.Of(parameter, prose[(heading.Length - 1)..]))}{page[end..]}";
        }

        return page;
    }

    private static string Syntax(CmdletShape shape)
    {
        var text = new StringBuilder("## SYNTAX\n\n");
        foreach (var set in shape.Sets)
        {
            if (set != CmdletShape.AllSets) text.Append("### ").Append(set).Append(set == shape.DefaultSet ? " (Default)" : "").Append("\n\n");
            text.Append("```text\n").Append(SyntaxText.Of(shape, set)).Append("\n```\n\n");
        }

        return text.ToString();
    }

    private static string FactsOf(ParameterShape parameter, string byDefault)
    {
        var place = parameter.Places.Values.First();
        var text = new StringBuilder("```yaml\n");
        Line("Type", parameter.Type);
        Line("Parameter Sets", string.Join(", ", parameter.Places.Keys).Replace(CmdletShape.AllSets, "(All)", StringComparison.Ordinal));
        if (parameter.Aliases.Count > 0) Line("Aliases", string.Join(", ", parameter.Aliases));
        if (parameter.Values.Count > 0) Line("Accepted values", string.Join(", ", parameter.Values));
        Line("Required", place.Mandatory.ToString());
        Line("Position", place.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "Named");
        Line("Default value", byDefault);
        Line("Accept pipeline input", place.Pipeline);
        Line("Accept wildcard characters", parameter.Wildcards.ToString());
        return text.Append("```\n").ToString();

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append('\n');
    }

    [GeneratedRegex(@"^## SYNTAX\n.*?(?=^## )", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex SyntaxSection();

    [GeneratedRegex("```yaml\n.*?```\n?", RegexOptions.Singleline)]
    private static partial Regex Facts();
}
