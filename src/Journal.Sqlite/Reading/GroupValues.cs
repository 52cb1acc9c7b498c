namespace Journal.Sqlite.Reading;

/// <summary>Compares what groups are grouped by, value by value.</summary>
internal sealed class GroupValues : IEqualityComparer<object?[]>
{
    public static GroupValues Comparer { get; } = new();

    public bool Equals(object?[]? x, object?[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(object?[] values)
    {
        var hash = default(HashCode);
        foreach (var value in values) hash.Add(value);
        return hash.ToHashCode();
    }
}
