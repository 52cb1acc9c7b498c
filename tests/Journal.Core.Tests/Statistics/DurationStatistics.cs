using Journal.Storage;

namespace Journal.Tests.Statistics;

/// <summary>Durations summed up, as the contract defines them: what a store finds must be the same.</summary>
internal static class DurationStatistics
{
    /// <summary>The figures of some durations, in any order.</summary>
    /// <param name="durations">Not negative; left as they are.</param>
    /// <returns>
    /// The mean, rounded down to a tick; the median, of two middle ones the lower; the 95th percentile by nearest rank (the smallest duration that
    /// at least 95 % do not exceed); the longest; the standard deviation of the population (divided by n). All null for no durations.
    /// </returns>
    public static DurationFigures Of(IReadOnlyList<TimeSpan> durations)
    {
        if (durations.Count == 0) return default;
        var ticks = new long[durations.Count];
        var sum = Int128.Zero;
        for (var i = 0; i < ticks.Length; i++) sum += ticks[i] = durations[i].Ticks;
        Array.Sort(ticks);

        var mean = (double)sum / ticks.Length;
        var squares = 0.0;
        // Deviations from the mean, not the difference of two huge sums: the latter loses its digits where durations are long and alike.
        foreach (var duration in ticks) squares += (duration - mean) * (duration - mean);
        return new DurationFigures(
            ticks.Length,
            TimeSpan.FromTicks((long)(sum / ticks.Length)),
            TimeSpan.FromTicks(ticks[(ticks.Length - 1) / 2]),
            TimeSpan.FromTicks(ticks[NearestRank(ticks.Length, 95)]),
            TimeSpan.FromTicks(ticks[^1]),
            TimeSpan.FromTicks((long)Math.Sqrt(squares / ticks.Length)));
    }

    // In whole numbers: 0.95 has no exact binary form, and a rank that is one too high shows at 20 durations.
    private static int NearestRank(int count, int percent) => (int)((count * (long)percent + 99) / 100) - 1;
}
