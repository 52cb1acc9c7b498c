using Journal.Storage;

namespace Journal.Statistics;

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
