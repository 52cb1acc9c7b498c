using System.Text.RegularExpressions;
using Journal.Storage;

namespace Journal.Tests.Storage;

public class TextPatternTests
{
    // What PowerShell 7's -like answers, tried there.
    [Theory]
    [InlineData("a*", "abc", true)]
    [InlineData("A?", "ab", true)]
    [InlineData("*", "", true)]
    [InlineData("a?", "a\n", true)]
    [InlineData("[a]", "A", true)]
    [InlineData("[a]", "a\n", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[a-c-e]", "d", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[-a]", "-", true)]
    [InlineData("[^a]x", "bx", false)]
    [InlineData("[^a]x", "^x", true)]
    [InlineData("[!a]x", "bx", false)]
    [InlineData("[!a]x", "!x", true)]
    [InlineData("[\\]", "\\", true)]
    [InlineData("[]]", "]", true)]
    [InlineData("[]a]", "a", true)]
    [InlineData("[`]]", "]", true)]
    [InlineData("[[]", "[", true)]
    [InlineData("[[:x]", "[", true)]
    [InlineData("[a-z-[m]]", "m]", true)]
    [InlineData("[a-z-[m]]", "m", false)]
    [InlineData("a`*b*", "a*bc", true)]
    [InlineData("a`*b*", "axbc", false)]
    [InlineData("a[`*]b", "a*b", true)]
    [InlineData("*`", "x`", true)]
    [InlineData("é*", "É1", true)]
    [InlineData("?", "😀", false)]
    [InlineData("??", "😀", true)]
    [InlineData("(a|b)+$^.*", "(a|b)+$^.x", true)]
    public void A_pattern_means_what_it_means_in_PowerShell(string pattern, string text, bool matches) =>
        Assert.Equal(matches, TextPattern.Wildcard(pattern).Matches(text));

    [Theory]
    [InlineData("photo[1", "photo[1", true)]
    [InlineData("photo[1", "photo1", false)]
    [InlineData("[]", "[]", true)]
    [InlineData("[z-a]", "[z-a]", true)]
    [InlineData("[z-a]", "b", false)]
    public void A_bracket_that_PowerShell_calls_an_error_stands_for_itself(string pattern, string text, bool matches) =>
        Assert.Equal(matches, TextPattern.Wildcard(pattern).Matches(text));

    [Fact]
    public void A_text_without_wildcards_finds_itself_and_nothing_else()
    {
        var key = TextPattern.Wildcard("Photo.JPG");
        Assert.False(key.IsPattern);
        Assert.True(key.Matches("Photo.JPG"));
        Assert.False(key.Matches("photo.jpg"));
        Assert.False(key.Matches(null));
        Assert.Equal("[a]", TextPattern.Wildcard("`[a`]").Text);
    }

    [Fact]
    public void A_name_without_wildcards_is_the_same_in_any_case_and_only_a_pattern_has_wildcards()
    {
        Assert.True(TextPattern.Name("Photos").Matches("pHOTOS"));
        Assert.False(TextPattern.Name("Photos").Matches("Photos2"));
        Assert.False(TextPattern.Name("Photos*").Matches("Photos2"));
        Assert.True(TextPattern.Names("photos*").Matches("Photos2"));
        Assert.True(TextPattern.Names("photos").Matches("Photos"));
        Assert.False(TextPattern.Names("photos").IsPattern);
        Assert.False(TextPattern.Name("photos").Matches(null));
    }

    [Fact]
    public void An_exact_text_is_found_whatever_it_holds() => Law.Holds(
        from text in Law.AnyText from other in Law.AnyText select (text, other),
        static pair => TextPattern.Exactly(pair.text).Matches(pair.text) && TextPattern.Exactly(pair.text).Matches(pair.other) == (pair.text == pair.other));

    [Fact]
    public void No_pattern_is_an_error_or_a_bracket_in_a_name_would_end_the_command() => Law.Holds(
        from parts in Gen.Elements("[", "]", "-", "^", "`", "*", "?", "\\", "a", "z", "0", "😀", "&&", "\n").ListOf() select string.Concat(parts),
        static pattern => !TextPattern.Wildcard(pattern + "#").Matches(""));

    [Fact]
    public void An_escaped_text_followed_by_a_star_finds_what_begins_with_it() => Law.Holds(
        from parts in Gen.Elements("[", "]", "-", "`", "*", "?", "\\", "a", ".", "\n").ListOf() select string.Concat(parts),
        static text => TextPattern.Wildcard(Regex.Replace(text, @"[\[\]*?`]", "`$0") + "*").Matches(text + "tail"));

    [Fact]
    public void A_pattern_that_is_too_long_is_refused_where_it_is_given_and_a_long_name_is_a_name()
    {
        var refused = Assert.Throws<JournalException>(static () => TextPattern.Wildcard(new string('k', 9_000) + "*"));
        Assert.Equal(nameof(JournalErrors.InvalidValue), refused.ErrorId);
        Assert.True(TextPattern.Names(new string('k', 9_000)).Matches(new string('K', 9_000)));
    }

    [Fact]
    public void A_pattern_of_many_stars_ends() => Assert.False(TextPattern.Wildcard(string.Concat(Enumerable.Repeat("*a", 40))).Matches(new string('a', 39) + new string('b', 5_000)));
}
