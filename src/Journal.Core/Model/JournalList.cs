using System.Collections;

namespace Journal;

/// <summary>A part of a summary that can be written as a JSON object.</summary>
public interface IJsonRecord
{
    /// <summary>Its members, under the names of its properties.</summary>
    JsonMap ToJson();
}

/// <summary>A read-only list whose <see cref="ToString"/> is a JSON array of objects, so that it survives <c>Export-Csv</c>.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="items">The items, in their order.</param>
public sealed class JournalList<T>(IEnumerable<T> items) : IReadOnlyList<T>
    where T : IJsonRecord
{
    private readonly List<T> _items = items.ToList();

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The JSON text.</summary>
    public override string ToString() => JsonValues.ToJson(_items.ConvertAll(static item => item.ToJson()));
}
