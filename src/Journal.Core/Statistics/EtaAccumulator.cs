namespace Journal.Statistics;

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
