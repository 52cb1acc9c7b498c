namespace Journal.Storage.Shared;

/// <summary>Durations in microseconds, kept for their ranks, which are found by selection: sorting all of them would be more than is asked for.</summary>
public sealed class DurationSample
{
    private long[] _values = new long[16];
    private int _count;
    private long _sum;

    /// <summary>One more.</summary>
    public void Add(long micros)
    {
        if (_count == _values.Length) Array.Resize(ref _values, 2 * _count);
        _values[_count++] = micros;
        _sum += micros;
    }

    /// <summary>Their mean; null where there are none.</summary>
    public TimeSpan? Mean => _count == 0 ? null : Micros.ToSpan((long)((double)_sum / _count));

    /// <summary>The lower of two middle ones.</summary>
    public TimeSpan? Median => Rank(((long)_count + 1) / 2);

    /// <summary>The 95th percentile by nearest rank.</summary>
    public TimeSpan? P95 => Rank(((95L * _count) + 99) / 100);

    /// <summary>All figures.</summary>
    public DurationFigures ToFigures()
    {
        if (_count == 0) return default;
        var mean = (double)_sum / _count;
        var squares = 0.0;
        foreach (var value in _values.AsSpan(0, _count)) squares += (value - mean) * (value - mean);
        return new DurationFigures(_count, Mean, Median, P95, Rank(_count), Micros.ToSpan((long)Math.Round(Math.Sqrt(squares / _count))));
    }

    private TimeSpan? Rank(long rank) => _count == 0 ? null : Micros.ToSpan(Select(_values.AsSpan(0, _count), (int)rank - 1));

    // Hoare's selection: brings the value of a rank to its place, smaller ones before it and larger ones behind.
    private static long Select(Span<long> values, int rank)
    {
        var (low, high) = (0, values.Length - 1);
        while (low < high)
        {
            var pivot = MiddleOf(values[low], values[low + ((high - low) / 2)], values[high]);
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (values[i] < pivot) i++;
                while (values[j] > pivot) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }

            if (rank <= j) high = j;
            else if (rank >= i) low = i;
            else break;
        }

        return values[rank];
    }

    private static long MiddleOf(long a, long b, long c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
