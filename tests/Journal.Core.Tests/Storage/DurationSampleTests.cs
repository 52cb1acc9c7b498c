using Journal.Storage.Shared;
using Journal.Tests.Statistics;

namespace Journal.Tests.Storage;

/// <summary>The store finds ranks without sorting; it must find those that Core's definition gives.</summary>
public class DurationSampleTests
{
    [Fact]
    public void Ranks_are_those_of_the_definition()
    {
        var random = new Random(1);
        for (var count = 0; count < 400; count++)
        {
            var sample = new DurationSample();
            // Few different values, many different ones, and ones in order.
            var durations = Enumerable.Range(0, count).Select(n => TimeSpan.FromMilliseconds(count % 3 == 0 ? random.Next(4) : count % 3 == 1 ? random.Next(1_000_000) : n)).ToList();
            foreach (var duration in durations) sample.Add(duration.Ticks / TimeSpan.TicksPerMicrosecond);
            var expected = DurationStatistics.Of(durations);
            var figures = sample.ToFigures();
            Assert.Equal((expected.Count, expected.Median, expected.P95, expected.Max), (figures.Count, figures.Median, figures.P95, figures.Max));
        }
    }
}
