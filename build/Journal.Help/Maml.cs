using System.Globalization;
using System.Xml.Linq;

namespace Journal.Help;

/// <summary>Pages as the XML that Get-Help reads.</summary>
internal static class Maml
{
    private static readonly XNamespace Items = "http://msh";
    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The help of all cmdlets.</summary>
    public static string Document(IEnumerable<(CmdletShape Shape, HelpPage Page)> commands, DefaultValues defaults)
    {
        var root = new XElement(Items + "helpItems", new XAttribute("schema", "maml"));
        foreach (var (shape, page) in commands) root.Add(CommandOf(shape, page, defaults));
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{root}\n";
    }

    private static XElement CommandOf(CmdletShape shape, HelpPage page, DefaultValues defaults) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Text),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", shape.Name),
            new XElement(Command + "verb", shape.Verb),
            new XElement(Command + "noun", shape.Noun),
            Description(page.Passages("SYNOPSIS"))),
        Description(page.Passages("DESCRIPTION")),
        new XElement(Command + "syntax", shape.Sets.Select(set => new XElement(
            Command + "syntaxItem",
            new XElement(Text + "name", shape.Name),
            shape.InSet(set).Select(entry => ParameterOf(entry.Parameter, entry.Place, page, defaults))))),
        new XElement(Command + "parameters", shape.Parameters.Select(parameter => ParameterOf(parameter, parameter.Places.Values.First(), page, defaults))),
        new XElement(Command + "inputTypes", page.Entries("INPUTS").Select(static entry => TypeOf(Command + "inputType", entry))),
        new XElement(Command + "returnValues", page.Entries("OUTPUTS").Select(static entry => TypeOf(Command + "returnValue", entry))),
        new XElement(Text + "alertSet", new XElement(Text + "alert", Paragraphs(page.Passages("NOTES")))),
        new XElement(Command + "examples", page.Entries("EXAMPLES").Select(ExampleOf)),
        new XElement(Command + "relatedLinks", page.Passages("RELATED LINKS").SelectMany(static passage => passage.Text.Split('\n')).Select(LinkOf)));

    private static XElement ParameterOf(ParameterShape parameter, ParameterPlace place, HelpPage page, DefaultValues defaults) => new(
        Command + "parameter",
        new XAttribute("required", place.Mandatory ? "true" : "false"),
        new XAttribute("globbing", parameter.Wildcards ? "true" : "false"),
        new XAttribute("pipelineInput", place.Pipeline),
        new XAttribute("position", place.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Text + "name", parameter.Name),
        new XElement(
            Text + "description",
            Paragraphs(Prose(parameter, page)),
            parameter.Values.Count == 0 ? null : new XElement(Text + "para", $"Accepted values: {string.Join(", ", parameter.Values)}.")),
        parameter.IsSwitch ? null : new XElement(Command + "parameterValue", new XAttribute("required", "true"), parameter.Type),
        new XElement(Dev + "type", new XElement(Text + "name", parameter.Type)),
        new XElement(Dev + "defaultValue", defaults.Of(parameter, string.Join(' ', Prose(parameter, page).Where(static passage => passage.Language is null).Select(static passage => passage.Text)))));

    private static IReadOnlyList<Passage> Prose(ParameterShape parameter, HelpPage page) =>
        page.Entries("PARAMETERS").FirstOrDefault(entry => entry.Title == $"-{parameter.Name}")?.Passages ?? [];

    private static XElement TypeOf(XName name, Entry entry) =>
        new(name, new XElement(Dev + "type", new XElement(Text + "name", entry.Title)), Description(entry.Passages));

    private static XElement ExampleOf(Entry example)
    {
        var code = example.Passages.FirstOrDefault(static passage => passage.Language?.StartsWith("powershell", StringComparison.Ordinal) == true);
        return new XElement(
            Command + "example",
            new XElement(Text + "title", $"-------- {example.Title} --------"),
            new XElement(Dev + "code", code?.Text),
            new XElement(Dev + "remarks", Paragraphs(example.Passages.Where(passage => passage != code))));
    }

    private static XElement LinkOf(string line) => new(
        Text + "navigationLink", new XElement(Text + "linkText", line.TrimStart('-', ' ')), new XElement(Text + "uri"));

    private static XElement Description(IEnumerable<Passage> passages) => new(Text + "description", Paragraphs(passages));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<Passage> passages) =>
        passages.Where(static passage => passage.Language != "yaml").Select(static passage => new XElement(Text + "para", passage.Text));
}
