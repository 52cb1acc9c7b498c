using Journal.Statistics;
using Journal.Storage;

namespace Journal.Tests.Statistics;

public class DurationStatisticsTests
{
    private static readonly Gen<TimeSpan[]> SomeDurations = Law.AnyDuration.NonEmptyListOf().Select(static durations => durations.ToArray());

    private static TimeSpan[] Seconds(params double[] seconds) => [.. seconds.Select(TimeSpan.FromSeconds)];

    [Fact]
    public void Figures_are_in_their_order() => Law.Holds(SomeDurations, static durations =>
        DurationStatistics.Of(durations) is var f && durations.Min() <= f.Median && f.Median <= f.P95 && f.P95 <= f.Max && f.Max == durations.Max()
        && durations.Min() <= f.Mean && f.Mean <= f.Max && f.StandardDeviation >= TimeSpan.Zero && f.Count == durations.Length);

    [Fact]
    public void The_order_in_which_tasks_ended_changes_nothing() => Law.Holds(SomeDurations, static durations =>
        DurationStatistics.Of(durations) == DurationStatistics.Of([.. durations.Reverse()])
        && DurationStatistics.Of(durations) == DurationStatistics.Of([.. durations.Order()]));

    [Fact]
    public void Figures_are_what_counting_by_hand_gives() => Law.Holds(SomeDurations, static durations =>
    {
        var figures = DurationStatistics.Of(durations);
        // The smallest value that at least half, or 95 in 100, do not exceed.
        TimeSpan AtLeast(int percent) => durations.Order().First(candidate => durations.Count(duration => duration <= candidate) * 100 >= percent * durations.Length);
        var mean = durations.Average(static duration => duration.TotalSeconds);
        var deviation = Math.Sqrt(durations.Average(duration => Math.Pow(duration.TotalSeconds - mean, 2)));
        return figures.Median == AtLeast(50) && figures.P95 == AtLeast(95)
            && Math.Abs(figures.Mean!.Value.TotalSeconds - mean) < 1e-3 && Math.Abs(figures.StandardDeviation!.Value.TotalSeconds - deviation) < 1e-3;
    });

    [Fact]
    public void Nothing_has_no_figures() => Assert.Equal(new DurationFigures(0, null, null, null, null, null), DurationStatistics.Of([]));

    [Fact]
    public void Known_figures()
    {
        var figures = DurationStatistics.Of(Seconds(4, 1, 3, 2));
        Assert.Equal(new DurationFigures(4, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4), TimeSpan.FromTicks(11_180_339)), figures);
        Assert.Equal(TimeSpan.FromSeconds(19), DurationStatistics.Of(Seconds([.. Enumerable.Range(1, 20).Select(static n => (double)n)])).P95);
        Assert.Equal(TimeSpan.FromSeconds(95), DurationStatistics.Of(Seconds([.. Enumerable.Range(1, 100).Select(static n => (double)n)])).P95);
    }

    [Fact]
    public void Very_long_durations_do_not_overflow()
    {
        var figures = DurationStatistics.Of([TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue]);
        Assert.Equal(TimeSpan.MaxValue, figures.Mean);
        Assert.InRange(figures.StandardDeviation!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }
}
