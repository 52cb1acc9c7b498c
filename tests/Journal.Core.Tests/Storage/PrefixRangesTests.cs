using System.Text;
using Journal.Storage;

namespace Journal.Tests.Storage;

/// <summary>A key that lies outside of the ranges is a task that nobody finds.</summary>
public class PrefixRangesTests
{
    private static readonly Gen<string> AnyKey =
        from parts in Gen.Elements("a", "A", "k", "K", "\u212A", "é", "É", "ß", "İ", "i", "1", "/", "\uD7FF", "\uE000", "\uFFFF", "😀", "𐐀", "𐐨", "\U0010FFFF").NonEmptyListOf()
        select string.Concat(parts.Take(5));

    [Fact]
    public void They_hold_what_begins_with_the_prefix_in_any_case_and_nothing_else() => Law.Holds(
        from keys in AnyKey.ListOf() from prefix in AnyKey select (keys, prefix),
        static given =>
        {
            var begins = TextPattern.Wildcard(given.prefix + "*");
            var ranges = Find(begins.Prefix, given.keys, 1000)!;
            return given.keys.TrueForAll(key => begins.Matches(key) == ranges.Any(range => Compare(key, range.From) >= 0 && (range.Before is null || Compare(key, range.Before) < 0)));
        });

    [Fact]
    public void Every_letter_is_sought_in_each_spelling_that_patterns_know()
    {
        foreach (var letter in "aKiSzéΣß1-ſ")
        {
            var pattern = TextPattern.Wildcard($"{letter}*");
            var all = Enumerable.Range(1, 0xFFFF).Where(static c => !char.IsSurrogate((char)c)).Select(static c => ((char)c).ToString()).ToList();
            Assert.Equal(all.Where(pattern.Matches), Find(pattern.Prefix, all, 100)!.Select(static range => range.From));
        }
    }

    [Fact]
    public void An_index_whose_keys_are_spelled_alike_is_asked_twice_however_long_the_prefix()
    {
        var keys = Enumerable.Range(0, 1000).Select(static n => $"/home/user/Photos/2024/IMG_{n}.jpg").Append("/opt").ToList();
        var questions = 100;

        Assert.Single(Find("/HOME/user/photos/2024/img_", keys, ref questions)!);
        Assert.InRange(questions, 90, 100);
    }

    [Fact]
    public void It_gives_up_where_it_would_have_to_ask_too_often()
    {
        var keys = Enumerable.Range(0, 256).Select(static n => new string([.. Enumerable.Range(0, 8).Select(bit => (n >> bit & 1) == 0 ? 'a' : 'A')])).ToList();

        Assert.Null(Find("aaaaaaaa", keys, 100));
        Assert.Equal(256, Find("aaaaaaaa", keys, 1000)!.Count);
    }

    [Theory]
    [InlineData("abc*", "abc")]
    [InlineData("a`*b?", "a*b")]
    [InlineData("[a]b*", "")]
    [InlineData("*", "")]
    [InlineData("a😀*", "a😀")]
    [InlineData("plain", "plain")]
    public void What_a_pattern_begins_with_is_said_without_wildcards(string pattern, string prefix) => Assert.Equal(prefix, TextPattern.Wildcard(pattern).Prefix);

    [Fact]
    public void Half_of_a_surrogate_pair_is_left_to_the_pattern() => Assert.Equal("a", TextPattern.Wildcard("a\uD83D*").Prefix);

    private static IReadOnlyList<TextRange>? Find(string prefix, IReadOnlyList<string> keys, int questions) => Find(prefix, keys, ref questions);

    private static IReadOnlyList<TextRange>? Find(string prefix, IReadOnlyList<string> keys, ref int questions)
    {
        var sorted = keys.Order(Comparer<string>.Create(Compare)).ToList();
        return PrefixRanges.Find(prefix, from => sorted.Find(key => Compare(key, from) >= 0), ref questions);
    }

    private static int Compare(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
