namespace Journal.Tests.Model;

/// <summary>Rate limits as texts, and what a pace makes of them.</summary>
public class RateLimitTests
{
    [Theory]
    [InlineData("600/1m", 600, 60, 2)]
    [InlineData("10/s", 10, 1, 2)]
    [InlineData("5000/1d", 5000, 86_400, 1)]
    [InlineData("0.5/s", 1, 2, 1)]
    [InlineData("0.25/1m", 1, 240, 1)]
    [InlineData(" 200 / 1s ", 200, 1, 50)]
    [InlineData("600/1m+50", 600, 60, 50)]
    [InlineData("1/00:00:02.5", 1, 2.5, 1)]
    [InlineData("3/250ms", 3, 0.25, 3)]
    public void A_text_is_a_count_a_span_and_a_burst(string text, double count, double seconds, double burst)
    {
        var limit = RateLimit.Parse(text);
        Assert.Equal((count, TimeSpan.FromSeconds(seconds), burst), (limit.Count, limit.Period, limit.Burst));
        Assert.Equal(limit, RateLimit.Parse(limit.ToString()));
        Assert.Equal(limit, BatchOptions.Parse(new BatchOptions { RateLimit = limit }.ToJson()).RateLimit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0/s")]
    [InlineData("-1/s")]
    [InlineData("10")]
    [InlineData("10/")]
    [InlineData("/s")]
    [InlineData("10/0s")]
    [InlineData("10/x")]
    [InlineData("1,5/s")]
    [InlineData("NaN/s")]
    [InlineData("1e3/s")]
    [InlineData("10/s/s")]
    [InlineData("10/s+0")]
    [InlineData("10/s+11")]
    [InlineData("10/s+1+1")]
    [InlineData("10/1000d")]
    [InlineData("99999999999/s")]
    public void A_text_that_is_no_limit_is_refused_with_what_it_says(string text)
    {
        var error = Assert.Throws<JournalException>(() => RateLimit.Parse(text));
        Assert.Equal("InvalidRateLimit", error.ErrorId);
        Assert.Equal(text, error.Target);
    }
}
