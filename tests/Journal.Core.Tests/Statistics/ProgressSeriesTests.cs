using Journal.Statistics;

namespace Journal.Tests.Statistics;

/// <summary>A chart that leaves out the hours in which nothing happened, or counts a task twice, tells a wrong story of the night.</summary>
public class ProgressSeriesTests
{
    private static readonly DateTimeOffset Start = new(2024, 8, 16, 20, 4, 0, TimeSpan.Zero);

    [Fact]
    public void Stretches_begin_on_the_clock_and_leave_no_gap()
    {
        var series = ProgressSeries.Fold(
            [(Start, new TaskCounts(0, 0, 3, 1, 0, 0)), (Start.AddMinutes(10), new TaskCounts(0, 0, 1, 0, 0, 0)), (Start.AddMinutes(40), new TaskCounts(0, 0, 0, 0, 2, 0))],
            TimeSpan.FromMinutes(15), TimeZoneInfo.Utc);
        Assert.Equal([20 * 60, 20 * 60 + 15, 20 * 60 + 30], series.Select(static stretch => stretch.At.TimeOfDay.TotalMinutes));
        Assert.Equal([5, 0, 2], series.Select(static stretch => stretch.Ended));
        Assert.Equal([20, 0, 0], series.Select(static stretch => stretch.PerHour));
    }

    [Theory]
    [InlineData(40, 1)]
    [InlineData(60, 5)]
    [InlineData(24 * 60, 60)]
    [InlineData(30 * 3600, 3600)]
    [InlineData(20 * 86_400, 86_400)]
    public void The_step_is_the_shortest_that_keeps_to_the_number(int seconds, int step) =>
        Assert.Equal(TimeSpan.FromSeconds(step), ProgressSeries.StepFor(TimeSpan.FromSeconds(seconds), 48));

    [Fact]
    public void Nothing_is_lost_or_counted_twice() => Law.Holds(Gen.Choose(0, 3_000_000).ListOf().Where(static list => list.Count > 0), static seconds =>
    {
        var ends = seconds.Order().Select(static second => (Start.AddSeconds(second), new TaskCounts(0, 0, 1, 0, 0, 0))).ToList();
        var step = ProgressSeries.StepFor(ends[^1].Item1 - ends[0].Item1, 60);
        var series = ProgressSeries.Fold(ends, step, TimeZoneInfo.Utc);
        return series.Sum(static stretch => stretch.Ended) == ends.Count && series.Count <= 61 && series[0].At <= ends[0].Item1
            && series.Zip(series.Skip(1)).All(static pair => pair.First.At + pair.First.Span == pair.Second.At);
    });
}
