using Journal.Reports;
using Journal.Statistics;

namespace Journal.Tests.Reports;

/// <summary>A day of the report must be the user's day, summer time or not, or tasks show up in two reports or in none.</summary>
public class ReportScopeTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.CreateCustomTimeZone("Berlin", TimeSpan.FromHours(1), "Berlin", "CET", "CEST",
    [
        TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
    ]);

    [Theory]
    [InlineData(2024, 8, 16, 24)]
    [InlineData(2024, 3, 31, 23)]
    [InlineData(2024, 10, 27, 25)]
    public void A_day_has_the_hours_that_the_clock_gives_it(int year, int month, int day, int hours)
    {
        var scope = ReportScope.OfDay(new DateOnly(year, month, day), Berlin);
        Assert.Equal(TimeSpan.FromHours(hours), scope.Until - scope.Since);
        Assert.Equal(day, TimeZoneInfo.ConvertTime(scope.Since!.Value, Berlin).Day);
    }

    [Theory]
    [InlineData("2024-08-12")]
    [InlineData("2024-08-16")]
    [InlineData("2024-08-18")]
    public void A_week_runs_from_Monday_to_Sunday(string day)
    {
        var scope = ReportScope.OfWeek(DateOnly.Parse(day, null), TimeZoneInfo.Utc);
        Assert.Equal("Week 33 of 2024", scope.Title);
        Assert.Equal(new DateTimeOffset(2024, 8, 12, 0, 0, 0, TimeSpan.Zero), scope.Since);
        Assert.Equal(new DateTimeOffset(2024, 8, 19, 0, 0, 0, TimeSpan.Zero), scope.Until);
    }

    [Fact]
    public void Every_instant_lies_in_its_own_day() => Law.Holds(Gen.Choose(0, 366 * 24 * 4), static quarters =>
    {
        var at = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(15 * quarters);
        var start = CalendarDay.StartOf(at, Berlin);
        var next = CalendarDay.StartOf(DateOnly.FromDateTime(start.DateTime).AddDays(1), Berlin);
        return start <= at && at < next;
    });
}
