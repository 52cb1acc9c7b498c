using Journal.Terminal;

namespace Journal.Tests.Terminal;

/// <summary>Nobody's key or message gives orders to the terminal of who looks at it.</summary>
public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain, ünïcode 写真 😀", "plain, ünïcode 写真 😀")]
    [InlineData("\u001b]0;title\u0007", "␛]0;title␇")]
    [InlineData("\u001b[2Jgone", "␛[2Jgone")]
    [InlineData("\u009b31mred", "\uFFFD31mred")]
    [InlineData("over\rwritten\b", "over␍written␈")]
    [InlineData("photo\u202Egpj.exe", "photo\uFFFDgpj.exe")]
    [InlineData("two\nlines\tand a tab", "two\nlines\tand a tab")]
    public void What_commands_a_terminal_is_made_visible(string text, string safe) => Assert.Equal(safe, TerminalText.Safe(text));

    [Fact]
    public void On_one_line_nothing_breaks() => Assert.Equal("a b c d", TerminalText.SafeLine("a\r\nb\nc\td"));

    [Fact]
    public void Whatever_the_text_no_control_character_is_left() => Law.Holds(Law.AnyText, static text => !TerminalText.SafeLine(text).Any(char.IsControl));

    [Fact]
    public void An_error_quotes_keys_without_their_commands() => Assert.DoesNotContain('\u001b', JournalErrors.TaskKeyNotFound("b", "\u001b[2J").Message);
}
