namespace Journal.Storage.Shared;

/// <summary>Compares what groups are grouped by, value by value.</summary>
public sealed class GroupValues : IEqualityComparer<object?[]>
{
    /// <summary>The comparer.</summary>
    public static GroupValues Comparer { get; } = new();

    /// <inheritdoc/>
    public bool Equals(object?[]? x, object?[]? y)
    {
        if (x is null || y is null || x.Length != y.Length) return x == y;
        for (var i = 0; i < x.Length; i++)
        {
            // Most values are boxed once for all rows.
            if (!ReferenceEquals(x[i], y[i]) && !Equals(x[i], y[i])) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public int GetHashCode(object?[] values)
    {
        var hash = default(HashCode);
        foreach (var value in values) hash.Add(value);
        return hash.ToHashCode();
    }
}
