using System.Globalization;

namespace Journal.Tests.Model;

/// <summary>When a quota is renewed, over changes of the clock and days without a run.</summary>
public class QuotaResetTests
{
    [Theory]
    [InlineData("1.00:00:00", "1.00:00:00")]
    [InlineData("24h", "1.00:00:00")]
    [InlineData("00:30:00", "00:30:00")]
    [InlineData("90s", "00:01:30")]
    [InlineData("00:00 America/Los_Angeles", "00:00 America/Los_Angeles")]
    [InlineData("6:30 UTC", "06:30 UTC")]
    public void A_text_is_a_period_or_a_time_of_day_with_a_zone(string text, string written)
    {
        var reset = QuotaReset.Parse(text);
        Assert.Equal(written, reset.ToString());
        Assert.Equal(reset, QuotaReset.Parse(written));
        Assert.Equal(written, BatchOptions.Parse(new BatchOptions { QuotaReset = reset }.ToJson()).QuotaReset!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("06:00")]
    [InlineData("06:00 Nowhere/Nowhen")]
    [InlineData("25:00 UTC")]
    [InlineData("00:00:00")]
    [InlineData("-1.00:00:00")]
    [InlineData("500d")]
    public void A_text_that_does_not_say_when_is_refused(string text) =>
        Assert.Equal("InvalidQuotaReset", Assert.Throws<JournalException>(() => QuotaReset.Parse(text)).ErrorId);

    [Theory]
    // The clock skips 02:30 on the 28th: the renewal is at the instant at which it would have been.
    [InlineData("2027-03-27T00:00:00Z", "2027-03-27T01:30:00Z")]
    [InlineData("2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z")]
    [InlineData("2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z")]
    // It shows 02:30 twice on the 31st of October: the first counts.
    [InlineData("2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z")]
    [InlineData("2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z")]
    [InlineData("2027-10-31T01:00:00Z", "2027-11-01T01:30:00Z")]
    public void On_every_day_it_happens_once_whatever_the_clock_does(string after, string next) =>
        Assert.Equal(Time(next), QuotaReset.Parse("02:30 Europe/Berlin").Next(Time(after)));

    [Theory]
    [InlineData("1.00:00:00", "2026-12-01T08:00:00Z", "2026-12-06T09:00:00Z", "2026-12-06T08:00:00Z")]
    [InlineData("00:00 UTC", "2026-12-01T08:00:00Z", "2026-12-06T09:00:00Z", "2026-12-06T00:00:00Z")]
    [InlineData("1.00:00:00", "2026-12-01T08:00:00Z", "2026-12-02T07:59:59Z", null)]
    [InlineData("1s", "1970-01-01T00:00:00Z", "2026-12-06T09:00:00.5Z", "2026-12-06T09:00:00Z")]
    public void However_many_were_missed_one_renews(string text, string since, string now, string? due) =>
        Assert.Equal(due is null ? null : Time(due), QuotaReset.Parse(text).Due(Time(since), Time(now)));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
