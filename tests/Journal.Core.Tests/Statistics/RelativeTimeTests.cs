using Journal.Statistics;

namespace Journal.Tests.Statistics;

public class RelativeTimeTests
{
    [Theory]
    [InlineData(-100, "just now")]
    [InlineData(0, "just now")]
    [InlineData(9.9, "just now")]
    [InlineData(10, "10s ago")]
    [InlineData(59.9, "59s ago")]
    [InlineData(60, "1m ago")]
    [InlineData(7_199, "1h ago")]
    [InlineData(7_200, "2h ago")]
    [InlineData(86_399, "23h ago")]
    [InlineData(3 * 86_400, "3d ago")]
    [InlineData(400 * 86_400, "400d ago")]
    public void An_age_is_rounded_down(double seconds, string text) => Assert.Equal(text, RelativeTime.Age(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(0.001, "1s")]
    [InlineData(35, "35s")]
    [InlineData(59.5, "1m")]
    [InlineData(125, "2m 5s")]
    [InlineData(4 * 3_600 + 12 * 60 + 30, "4h 12m")]
    [InlineData(4 * 3_600, "4h")]
    [InlineData(86_400 + 3_599, "1d")]
    [InlineData(30 * 86_400 + 7_200, "30d 2h")]
    public void A_countdown_says_zero_only_when_it_is_over(double seconds, string text) => Assert.Equal(text, RelativeTime.Countdown(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void The_longest_spans_have_a_text()
    {
        Assert.Equal("10675199d 2h", RelativeTime.Countdown(TimeSpan.MaxValue));
        Assert.Equal("10675199d ago", RelativeTime.Age(TimeSpan.MaxValue));
        Assert.Equal("just now", RelativeTime.Age(TimeSpan.MinValue));
    }
}
