using System.Globalization;
using Journal.Reports;

namespace Journal.Tests.Reports;

/// <summary>A file called <c>annexe.exe</c> that shows as <c>ann‮exe.exe</c> turned round has deceived enough people.</summary>
public class VisibleTextTests
{
    [Theory]
    [InlineData("a\u202Eb", "a⟨U+202E⟩b")]
    [InlineData("\u001b[31m", "␛[31m")]
    [InlineData("a\0b", "a␀b")]
    [InlineData("a\r\nb\nc", "a ↵ b ↵ c")]
    [InlineData("a\tb", "a b")]
    [InlineData("\u200bx\ufeff", "⟨U+200B⟩x⟨U+FEFF⟩")]
    [InlineData("👩‍🚒 مرحبا", "👩‍🚒 مرحبا")]
    [InlineData("\u007f\u0085", "␡ ↵ ")]
    public void What_hides_is_shown(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void Nothing_hides_in_any_text() => Law.Holds(Law.AnyText, static text =>
        VisibleText.Of(text).All(static character => !char.IsControl(character) && (char.GetUnicodeCategory(character) is not UnicodeCategory.Format || character is '\u200c' or '\u200d')));

    [Fact]
    public void Half_a_character_becomes_the_replacement_character() => Assert.Equal("\ufffd", VisibleText.Of("\ud800"));

    [Fact]
    public void A_long_text_is_cut() => Assert.Equal("aaa…", VisibleText.Of("aaaaaa", 3));
}
