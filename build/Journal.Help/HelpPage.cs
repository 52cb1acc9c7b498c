using System.Text.RegularExpressions;

namespace Journal.Help;

/// <summary>A paragraph of a page, or a block of code.</summary>
/// <param name="Text">The text; of a block of code, without its fences.</param>
/// <param name="Language">The language of a block of code; null for a paragraph.</param>
internal sealed record Passage(string Text, string? Language);

/// <summary>A part of a page under a heading of the third level.</summary>
internal sealed record Entry(string Title, IReadOnlyList<Passage> Passages);

/// <summary>A page of help: headings of the second level, under which stand passages and entries.</summary>
internal sealed partial class HelpPage
{
    private readonly Dictionary<string, (List<Passage> Passages, List<Entry> Entries)> _sections = new(StringComparer.Ordinal);

    /// <summary>The passages directly under a heading.</summary>
    public IReadOnlyList<Passage> Passages(string section) => _sections.TryGetValue(section, out var found) ? found.Passages : [];

    /// <summary>The entries under a heading.</summary>
    public IReadOnlyList<Entry> Entries(string section) => _sections.TryGetValue(section, out var found) ? found.Entries : [];

    /// <summary>Reads a page.</summary>
    public static HelpPage Parse(string text)
    {
        var page = new HelpPage();
        var passages = new List<Passage>();
        var entries = new List<Entry>();
        foreach (var block in Blocks(text))
        {
            if (block is { Language: null } && block.Text.StartsWith("## ", StringComparison.Ordinal))
            {
                page._sections[block.Text[3..].Trim()] = (passages = [], entries = []);
            }
            else if (block is { Language: null } && block.Text.StartsWith("### ", StringComparison.Ordinal))
            {
                entries.Add(new Entry(block.Text[4..].Trim(), passages = []));
            }
            else
            {
                passages.Add(block);
            }
        }

        return page;
    }

    private static IEnumerable<Passage> Blocks(string text)
    {
        var lines = new List<string>();
        string? language = null;
        foreach (var line in text.Split('\n').Append(""))
        {
            if (language is not null)
            {
                if (line != "```")
                {
                    lines.Add(line);
                    continue;
                }

                yield return new Passage(string.Join('\n', lines), language);
                language = null;
                lines.Clear();
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (lines.Count > 0) yield return new Passage(Plain(lines), null);
                lines.Clear();
                language = line[3..];
            }
            else if (line.StartsWith('#'))
            {
                if (lines.Count > 0) yield return new Passage(Plain(lines), null);
                lines.Clear();
                yield return new Passage(line, null);
            }
            else if (line.Length > 0)
            {
                lines.Add(line);
            }
            else if (lines.Count > 0)
            {
                yield return new Passage(Plain(lines), null);
                lines.Clear();
            }
        }
    }

    // Help wraps paragraphs itself; only the lines of a list stand by themselves.
    private static string Plain(List<string> lines)
    {
        var text = string.Join('\n', lines);
        text = LineOfAParagraph().Replace(text, " ");
        text = Link().Replace(text, "$1");
        return text.Replace("`", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\n(?!- |\| )\s*")]
    private static partial Regex LineOfAParagraph();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    private static partial Regex Link();
}
