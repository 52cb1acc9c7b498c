using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Journal.Storage;

/// <summary>Texts from one on, up to another that is not among them.</summary>
/// <param name="From">The first.</param>
/// <param name="Before">The first that is not among them any more; null where there is no end.</param>
public readonly record struct TextRange(string From, string? Before);

/// <summary>
/// Where, in an index that is ordered by code points (as UTF-8 is by its bytes), the texts lie that begin with a prefix in any case. An index cannot
/// ignore case and a prefix of ten letters has a thousand spellings, so it asks the index which of them it holds: each answer leaps to the next
/// spelling that can be there, and an index whose keys are all spelled alike is asked twice.
/// </summary>
public static class PrefixRanges
{
    private static readonly ConcurrentDictionary<char, int[]> Spellings = new();

    // Without the halves of surrogate pairs, which have no case.
    private static readonly Lazy<string> Plane = new(static () => string.Create(char.MaxValue + 1 - 0x800, 0, static (plane, _) =>
    {
        for (var i = 0; i < plane.Length; i++) plane[i] = (char)(i < 0xD800 ? i : i + 0x800);
    }));

    /// <summary>Finds the ranges, in their order; they do not overlap, and none is empty.</summary>
    /// <param name="prefix">What the texts begin with, compared as <see cref="TextPattern"/> does; not empty, without half surrogate pairs.</param>
    /// <param name="firstFrom">The first text in the index that is equal to, or after, a given one; null where there is none.</param>
    /// <param name="questions">How often the index may be asked; what is left of it afterwards.</param>
    /// <returns>The ranges; null where that was not often enough.</returns>
    public static IReadOnlyList<TextRange>? Find(string prefix, Func<string, string?> firstFrom, ref int questions)
    {
        var letters = prefix.EnumerateRunes().Select(static rune => rune.IsBmp ? Spellings.GetOrAdd((char)rune.Value, Respell) : [rune.Value]).ToArray();
        var ranges = new List<TextRange>();
        for (var sought = First(letters, 0); sought is not null;)
        {
            if (questions-- <= 0) return null;
            if (firstFrom(Text(sought)) is not { } found) break;
            var head = found.EnumerateRunes().Take(letters.Length).Select(static rune => rune.Value).ToArray();
            if (head.Length == letters.Length && letters.Zip(head).All(static pair => pair.First.Contains(pair.Second))) ranges.Add(Beginning(head));
            sought = After(letters, head);
        }

        return ranges;
    }

    // The texts that begin with one, spelled just so.
    private static TextRange Beginning(int[] head)
    {
        for (var last = head.Length - 1; last >= 0; last--)
        {
            if (head[last] == 0x10FFFF) continue;
            int next = head[last] == 0xD7FF ? 0xE000 : head[last] + 1;
            return new TextRange(Text(head), Text([.. head[..last], next]));
        }

        return new TextRange(Text(head), null);
    }

    // The first spelling that is after a text and after all that begin with it, unless the text ends within the spelling.
    private static int[]? After(int[][] letters, int[] head)
    {
        var place = 0;
        while (place < head.Length && letters[place].Contains(head[place])) place++;
        if (place == head.Length && place < letters.Length) return [.. head, .. First(letters, place)];
        for (place = Math.Min(place, letters.Length - 1); place >= 0; place--)
        {
            if (letters[place].Where(letter => letter > head[place]).DefaultIfEmpty(-1).Min() is >= 0 and var larger) return [.. head[..place], larger, .. First(letters, place + 1)];
        }

        return null;
    }

    private static int[] First(int[][] letters, int from) => [.. letters[from..].Select(static letter => letter[0])];

    private static string Text(int[] codePoints)
    {
        var text = new StringBuilder(codePoints.Length);
        foreach (var codePoint in codePoints) text.Append(new Rune(codePoint));
        return text.ToString();
    }

    // Asked of what compares them in the end, so that the two cannot disagree.
    private static int[] Respell(char letter) =>
        [.. new Regex(Regex.Escape(letter.ToString()), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant).Matches(Plane.Value).Select(static match => (int)match.ValueSpan[0]).Order()];
}
