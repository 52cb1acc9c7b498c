namespace Journal.Statistics;

/// <summary>
/// Estimates how much longer a batch runs, from the active time and the parallelism of this session, by weight; never from wall time since the
/// batch began, which counts the nights it stood still (DESIGN.md, "Progress").
/// </summary>
/// <remarks>
/// <para>With <c>r</c> seconds of work per unit of weight, <c>W</c> the weight left, <c>n</c> the tasks left and <c>p</c> lanes:</para>
/// <para><c>work = r · W − what is in flight has done</c>, <c>P50 = max(work / p + tail, one task)</c>. The tail, <c>(1 − 1/p) · mean / 2</c>, is the
/// end of a parallel run, when lanes fall idle one by one.</para>
/// <para><c>P90 = P50 + 1.2816 · √(a² + b²)</c>, the 90th percentile of a normal distribution with <c>a = s · √(n + n²/m) / p</c> for the sum of the
/// tasks left (<c>s</c> the deviation of one task, <c>m</c> the number of samples: with few of them <c>r</c> itself is uncertain) and
/// <c>b = s · (1 − 1/p)</c> for the last of them.</para>
/// </remarks>
public static class EtaEstimator
{
    /// <summary>From so many tasks on a session is trusted alone; before, the history makes up for what is missing.</summary>
    public const int EnoughSamples = 10;

    private const double NinetiethPercentile = 1.2816;

    /// <summary>Estimates.</summary>
    /// <param name="facts">Where the batch stands and what has been measured.</param>
    /// <returns>Zero for both when nothing is left; null for both when nothing has been measured.</returns>
    public static Eta Estimate(EtaFacts facts)
    {
        if (facts.CountLeft <= 0) return new Eta(TimeSpan.Zero, TimeSpan.Zero);
        var weightLeft = facts.WeightLeft > 0 ? facts.WeightLeft : facts.CountLeft;
        if (Blend(facts) is not { } measured) return default;

        var inFlight = Math.Clamp(facts.InFlight, 0, facts.CountLeft);
        var all = measured.Rate * weightLeft;
        var mean = all / facts.CountLeft;
        // A task that takes long already is not over for that: it is taken to need a little still.
        var done = Math.Min(Math.Max(0, facts.InFlightElapsed.TotalSeconds), inFlight * mean * 0.9);
        var lanes = Lanes(facts, measured.UsesSession);
        var idle = 1 - 1 / lanes;

        var atLeast = inFlight == facts.CountLeft ? mean - done / inFlight : mean;
        var middle = Math.Max((all - done) / lanes + idle * mean / 2, atLeast);
        var wait = Math.Max(0, facts.Wait.TotalSeconds);
        if (wait > 0) middle = Math.Max(middle, wait + middle * (facts.CountLeft - inFlight) / facts.CountLeft);

        // The deviation was measured on tasks of another size, perhaps.
        var scale = measured.MeanWeight > 0 ? weightLeft / facts.CountLeft / measured.MeanWeight : 1;
        var deviation = measured.Deviation * scale;
        var sum = deviation * Math.Sqrt(facts.CountLeft + (double)facts.CountLeft * facts.CountLeft / measured.Count) / lanes;
        var last = deviation * idle;
        return new Eta(Span(middle), Span(middle + NinetiethPercentile * Math.Sqrt(sum * sum + last * last)));
    }

    // The share of the session grows with each sample, so that the estimate does not jump when the history is let go.
    private static Measured? Blend(EtaFacts facts)
    {
        var (session, history) = (Rate(facts.Session), Rate(facts.History));
        if (session is not { } now) return history is { } only ? only with { UsesSession = false } : null;
        if (history is not { } before) return now;
        var share = Math.Min(1, now.Count / (double)EnoughSamples);
        return new Measured(
            Mix(now.Rate, before.Rate), Mix(now.Deviation, before.Deviation), Mix(now.MeanWeight, before.MeanWeight),
            Math.Max(now.Count, Mix(now.Count, before.Count)), true);

        double Mix(double ofSession, double ofHistory) => share * ofSession + (1 - share) * ofHistory;
    }

    private static Measured? Rate(EtaSample sample) =>
        sample.Count <= 0 ? null
        : sample.Weight > 0 ? new Measured(sample.Seconds / sample.Weight, sample.Deviation, sample.Weight / sample.Count, sample.Count, true)
        : new Measured(sample.Seconds / sample.Count, sample.Deviation, 1, sample.Count, true);

    private static double Lanes(EtaFacts facts, bool usesSession)
    {
        double lanes = Math.Max(1, facts.Parallelism);
        var active = facts.ActiveTime?.TotalSeconds ?? 0;
        var work = facts.Session.Seconds + Math.Max(0, facts.InFlightElapsed.TotalSeconds);
        // Less than one lane is real: the time between tasks that are shorter than their recording.
        if (usesSession && facts.Session.Count >= EnoughSamples && active > 0 && work > 0) lanes = Math.Min(lanes, work / active);
        return Math.Min(lanes, facts.CountLeft);
    }

    private static TimeSpan Span(double seconds) =>
        seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;

    private readonly record struct Measured(double Rate, double Deviation, double MeanWeight, double Count, bool UsesSession);
}
