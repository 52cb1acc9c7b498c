using System.Diagnostics;

namespace Journal.Benchmarks;

/// <summary>Times of the same work, several times over.</summary>
internal static class Sample
{
    /// <summary>How long something took, in milliseconds.</summary>
    public static double Milliseconds(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>The lower median.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[(sorted.Length - 1) / 2];
    }

    /// <summary>Several works measured in turn, so that whatever else the machine does strikes all of them alike; the median of each.</summary>
    public static double[] InTurn(int rounds, params Func<double>[] works)
    {
        var all = works.Select(static _ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < works.Length; i++) all[i].Add(works[i]());
        }

        return [.. all.Select(Median)];
    }
}
