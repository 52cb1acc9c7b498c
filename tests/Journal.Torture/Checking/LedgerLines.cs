using System.Globalization;

namespace Journal.Torture.Checking;

/// <summary>What workers were told, as their ledgers tell it.</summary>
internal sealed class LedgerLines
{
    /// <summary>Task, token and the outcome that was reported.</summary>
    public List<(long Task, long Token, int Outcome)> Recorded { get; } = [];

    /// <summary>Task and token of reports that were refused.</summary>
    public List<(long Task, long Token)> Fenced { get; } = [];

    public List<string> Added { get; } = [];

    public List<string> Copies { get; } = [];

    public static LedgerLines Read(IEnumerable<string> files)
    {
        var lines = new LedgerLines();
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            // A kill in the middle of a line leaves one without its end.
            foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)) lines.Read(line);
        }

        return lines;
    }

    /// <summary>The lines of each file that workers had open; an empty name stands for those who did not say.</summary>
    public static Dictionary<string, LedgerLines> ByFile(IEnumerable<string> ledgers) => ledgers
        .GroupBy(static ledger => File.ReadLines(ledger).FirstOrDefault() is { } first && first.StartsWith("file ", StringComparison.Ordinal) ? first[5..] : "")
        .ToDictionary(static group => group.Key, Read);

    /// <summary>These and others.</summary>
    public LedgerLines And(LedgerLines others)
    {
        var all = new LedgerLines();
        foreach (var lines in new[] { this, others })
        {
            all.Recorded.AddRange(lines.Recorded);
            all.Fenced.AddRange(lines.Fenced);
            all.Added.AddRange(lines.Added);
        }

        return all;
    }

    private void Read(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var rest = line[(space + 1)..];
        switch (line[..space])
        {
            case "added": Added.Add(rest); break;
            case "copy": Copies.Add(rest); break;
            case "recorded" when Numbers(rest) is var numbers: Recorded.Add((numbers[0], numbers[1], (int)numbers[2])); break;
            case "fenced" when Numbers(rest) is var numbers: Fenced.Add((numbers[0], numbers[1])); break;
        }
    }

    private static long[] Numbers(string text) => [.. text.Split(' ').Select(static number => long.Parse(number, CultureInfo.InvariantCulture))];
}
