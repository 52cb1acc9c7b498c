using System.Collections.Frozen;
using System.Text;

namespace Journal.Interchange.Mapping;

/// <summary>
/// Names of stages as one system writes them in two places: <c>generating_notes</c>, where a job is, and <c>generate_notes</c>, what it took,
/// are one stage.
/// </summary>
internal static class StageNames
{
    // Shorter ones are no stems ("used" is not "us").
    private const int ShortestStem = 3;

    private static readonly string[] Endings = ["ing", "ion", "ed", "es", "e", "s"];

    // Nouns that do not share their verb's stem.
    private static readonly FrozenDictionary<string, string> Irregular = new Dictionary<string, string>
    {
        ["conversion"] = "convert", ["transcription"] = "transcribe", ["publication"] = "publish", ["written"] = "write", ["sent"] = "send", ["built"] = "build", ["summary"] = "summarize",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The stage with the same words, whatever their form and order; null where there is none.</summary>
    public static string? Same(string name, IReadOnlyList<string> stages)
    {
        if (stages.FirstOrDefault(stage => FieldNames.Fold(stage) == FieldNames.Fold(name)) is { } same) return same;
        var stems = Stems(name);
        return stages.FirstOrDefault(stage => Stems(stage).SetEquals(stems));
    }

    /// <summary>The stage that a name means: the same, else the only one that has all of the name's words, or whose words the name all has.</summary>
    public static string? Match(string name, IReadOnlyList<string> stages)
    {
        if (Same(name, stages) is { } same) return same;
        var stems = Stems(name);
        return One(stages.Where(stage => Stems(stage).IsSupersetOf(stems))) ?? One(stages.Where(stage => Stems(stage).IsSubsetOf(stems)));

        static string? One(IEnumerable<string> found) => found.Take(2).ToList() is [var only] ? only : null;
    }

    private static HashSet<string> Stems(string name)
    {
        var stems = new HashSet<string>(StringComparer.Ordinal);
        var word = new StringBuilder();
        for (var i = 0; i <= name.Length; i++)
        {
            var ends = i == name.Length || !char.IsLetterOrDigit(name[i]) || (char.IsUpper(name[i]) && i > 0 && char.IsLower(name[i - 1]));
            if (ends && word.Length > 0)
            {
                stems.Add(Stem(word.ToString()));
                word.Clear();
            }

            if (i < name.Length && char.IsLetterOrDigit(name[i])) word.Append(char.ToLowerInvariant(name[i]));
        }

        return stems;
    }

    private static string Stem(string word)
    {
        word = Irregular.GetValueOrDefault(word, word);
        foreach (var ending in Endings)
        {
            if (word.Length < ending.Length + ShortestStem || !word.EndsWith(ending, StringComparison.Ordinal) || (ending == "s" && word.EndsWith("ss", StringComparison.Ordinal))) continue;
            word = word[..^ending.Length];
            break;
        }

        // stop, stopping
        return word.Length > ShortestStem && word[^1] == word[^2] ? word[..^1] : word;
    }
}
