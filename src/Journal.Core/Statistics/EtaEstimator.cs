using Journal.Storage;

namespace Journal.Statistics;

/// <summary>
/// Estimates how much longer a batch runs, from the active time and the parallelism of this session, by weight; never from wall time since the
/// batch began, which counts the nights it stood still.
/// </summary>
/// <remarks>
/// <para>With <c>r</c> seconds of work per unit of weight, <c>W</c> the weight left, <c>n</c> the tasks left, <c>m = r · W / n</c> one of them and <c>s</c>
/// its deviation, <c>k</c> how many run at a time and <c>p</c> how many of them the measurements show at work:</para>
/// <para><c>P50 = max((r · W − what is in flight has done) / p + (1 − 1/k) · m / 2 + s · ln(k) / 2, m)</c>. The second and third part are the end of
/// a parallel run, when one lane after the other falls idle and all wait for the longest. What is in flight has done the time it has run, less
/// <c>2v / (1 + v)</c> of it with <c>v = (s / m)²</c>: the more durations differ, the more of those found running are long ones.</para>
/// <para><c>P90 = P50 + 1.2816 · √(a² + b²)</c>, the 90th percentile of a normal distribution with <c>a = s · √(n + n² / samples) / p</c> for the sum of
/// the tasks left (with few samples <c>r</c> itself is uncertain) and <c>b = s · (1 − 1/k) · (1 + ln(k) / 2)</c> for the longest of the last.</para>
/// <para>What this session measured replaces the history bit by bit, wholly after <c>(s / m / 0.07)²</c> tasks, the number that brings the error of
/// a mean down to 7 %; at least 5 (tasks alike tell soon that something has changed), at most 200.</para>
/// </remarks>
public static class EtaEstimator
{
    // Below, the parallelism is taken at its word: what is in flight at the beginning would weigh too much.
    private const int FewestForLanes = 10;
    private const double SampleError = 0.07;
    private const int FewestForTrust = 5;
    private const int MostForTrust = 200;
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
        // The deviation was measured on tasks of another size, perhaps.
        var deviation = measured.Deviation * (measured.MeanWeight > 0 ? weightLeft / facts.CountLeft / measured.MeanWeight : 1);
        // A task that takes long already is not over for that: it is taken to need a little still.
        var square = Math.Min(1, measured.Variation * measured.Variation);
        var done = Math.Min(Math.Max(0, facts.InFlightElapsed.TotalSeconds) * (1 - square) / (1 + square), inFlight * mean * 0.9);

        double lanes = Math.Min(Math.Max(1, facts.Parallelism), facts.CountLeft);
        var (idle, longest) = (1 - 1 / lanes, Math.Log(lanes) / 2);
        var atWork = Math.Min(lanes, AtWork(facts) ?? lanes);
        var middle = Math.Max(
            (all - done) / atWork + idle * mean / 2 + longest * deviation,
            inFlight == facts.CountLeft ? mean - done / inFlight : mean);
        var wait = Math.Max(0, facts.Wait.TotalSeconds);
        if (wait > 0) middle = Math.Max(middle, wait + middle * (facts.CountLeft - inFlight) / facts.CountLeft);

        var sum = deviation * Math.Sqrt(facts.CountLeft + (double)facts.CountLeft * facts.CountLeft / measured.Count) / atWork;
        var last = deviation * idle * (1 + longest);
        return new Eta(Span(middle), Span(middle + NinetiethPercentile * Math.Sqrt(sum * sum + last * last)));
    }

    // The share of the session grows with each sample, so that the estimate does not jump when the history is let go.
    private static Measured? Blend(EtaFacts facts)
    {
        var (session, history) = (Rate(facts.Session), Rate(facts.History));
        if (session is not { } now) return history;
        if (history is not { } before) return session;
        var variation = Math.Max(now.Variation, before.Variation);
        var share = Math.Min(1, now.Count / Math.Clamp(Math.Pow(variation / SampleError, 2), FewestForTrust, MostForTrust));
        return new Measured(
            Mix(now.Rate, before.Rate), Mix(now.Deviation, before.Deviation), Mix(now.MeanWeight, before.MeanWeight),
            Math.Max(now.Count, Mix(now.Count, before.Count)));

        double Mix(double ofSession, double ofHistory) => share * ofSession + (1 - share) * ofHistory;
    }

    private static Measured? Rate(EtaSample sample) =>
        sample.Count <= 0 ? null
        : sample.Weight > 0 ? new Measured(sample.Seconds / sample.Weight, sample.Deviation, sample.Weight / sample.Count, sample.Count)
        : new Measured(sample.Seconds / sample.Count, sample.Deviation, 1, sample.Count);

    // How many tasks ran at a time on the average. Less than one is real: the time between tasks that are shorter than their recording.
    private static double? AtWork(EtaFacts facts)
    {
        if (facts.Session.Count < FewestForLanes || facts.ActiveTime is not { } active || active <= TimeSpan.Zero) return null;
        var work = facts.Session.Seconds + Math.Max(0, facts.InFlightElapsed.TotalSeconds);
        return work > 0 ? work / active.TotalSeconds : null;
    }

    private static TimeSpan Span(double seconds) =>
        seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;

    private readonly record struct Measured(double Rate, double Deviation, double MeanWeight, double Count)
    {
        public double Variation => Rate > 0 ? Deviation / (Rate * MeanWeight) : 0;
    }
}

/// <summary>Adds up what one session measures, in constant space. Not thread-safe: one runner owns it.</summary>
public sealed class EtaAccumulator
{
    private long _count;
    private double _weight, _seconds, _secondsSquared, _weightSquared, _secondsTimesWeight;

    /// <summary>Adds a task that ended with work done (completed or failed, not skipped).</summary>
    /// <param name="weight">Its weight; negative counts as 0.</param>
    /// <param name="duration">How long its attempts of this session ran, earlier failed ones that were not added by <see cref="AddLost"/> included.</param>
    public void Add(double weight, TimeSpan duration)
    {
        var seconds = Math.Max(0, duration.TotalSeconds);
        weight = Math.Max(0, weight);
        _count++;
        _weight += weight;
        _seconds += seconds;
        _secondsSquared += seconds * seconds;
        _weightSquared += weight * weight;
        _secondsTimesWeight += seconds * weight;
    }

    /// <summary>Adds an attempt that did not end its task (it is to be retried): the time is spent, and no weight is done.</summary>
    /// <param name="duration">How long it ran.</param>
    public void AddLost(TimeSpan duration) => _seconds += Math.Max(0, duration.TotalSeconds);

    /// <summary>What has been measured so far.</summary>
    public EtaSample Sample
    {
        get
        {
            if (_count == 0) return new EtaSample(0, 0, _seconds, 0);
            // The mean of (seconds − rate · weight)², multiplied out.
            var rate = _weight > 0 ? _seconds / _weight : 0;
            var square = (_secondsSquared - 2 * rate * _secondsTimesWeight + rate * rate * _weightSquared) / _count;
            return new EtaSample(_count, _weight, _seconds, Math.Sqrt(Math.Max(0, square)));
        }
    }
}

/// <summary>How long tasks took, summed up: what an estimate rests on.</summary>
/// <param name="Count">Tasks that ended.</param>
/// <param name="Weight">Their weight.</param>
/// <param name="Seconds">How long all their attempts ran, failed ones included, in seconds of work (not of wall time).</param>
/// <param name="Deviation">How far, in seconds, a task's time strays from what its weight predicts (root of the mean square).</param>
public readonly record struct EtaSample(long Count, double Weight, double Seconds, double Deviation)
{
    /// <summary>What earlier sessions of a batch recorded, as far as the estimate needs it.</summary>
    /// <param name="counts">The batch's tasks.</param>
    /// <param name="figures">Its figures.</param>
    /// <remarks>
    /// Skipped and canceled tasks took no time, and the figures do not tell their weight apart: it is left out in proportion to their number. The
    /// deviation is that of the durations themselves, so with unequal weights it errs on the side of a later P90.
    /// </remarks>
    public static EtaSample Of(TaskCounts counts, BatchFigures figures)
    {
        var worked = counts.Completed + counts.Failed;
        // Imported history may not tell how long anything ran.
        return worked == 0 || figures.ActiveTime <= TimeSpan.Zero
            ? default
            : new EtaSample(worked, figures.WeightDone * worked / counts.Ended, figures.ActiveTime.TotalSeconds, figures.Durations.StandardDeviation?.TotalSeconds ?? 0);
    }
}

/// <summary>What an estimate is made from.</summary>
/// <param name="CountLeft">Tasks that have not ended, those in progress included.</param>
/// <param name="WeightLeft">Their weight.</param>
public sealed record EtaFacts(long CountLeft, double WeightLeft)
{
    /// <summary>What this session has measured, see <see cref="EtaAccumulator"/>.</summary>
    public EtaSample Session { get; init; }

    /// <summary>What earlier sessions have measured, see <see cref="EtaSample.Of"/>; used until this session has measured enough.</summary>
    public EtaSample History { get; init; }

    /// <summary>How many tasks run at a time at most; less than 1 counts as 1.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>How many run now.</summary>
    public int InFlight { get; init; }

    /// <summary>How long those have run so far, added up.</summary>
    public TimeSpan InFlightElapsed { get; init; }

    /// <summary>
    /// Wall time of this session in which there was work to be had (not paused, not waiting for a retry to fall due); it tells how parallel the
    /// work really was, and what claiming and recording cost. Null where nobody measured: then the parallelism is taken at its word.
    /// </summary>
    public TimeSpan? ActiveTime { get; init; }

    /// <summary>How long until a task that is not in progress may be claimed; zero when one may be claimed now.</summary>
    public TimeSpan Wait { get; init; }
}

/// <summary>How much longer a batch runs, from now, if it keeps running; both null when there is nothing to estimate from.</summary>
/// <param name="P50">As likely too long as too short.</param>
/// <param name="P90">Not exceeded nine times out of ten; never less than <paramref name="P50"/>.</param>
public readonly record struct Eta(TimeSpan? P50, TimeSpan? P90);
