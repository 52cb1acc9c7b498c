using System.Collections;

namespace Journal;

/// <summary>A read-only list of texts whose <see cref="ToString"/> is a JSON array, so that it survives <c>Export-Csv</c>.</summary>
public sealed class JsonList : IReadOnlyList<string>
{
    private readonly string _json;
    private List<string>? _items;

    private JsonList(string json, List<string>? items)
    {
        _json = json;
        _items = items;
    }

    /// <summary>The list without items; its text is <c>[]</c>.</summary>
    public static JsonList Empty { get; } = new("[]", []);

    /// <summary>A list over a JSON array of texts that was stored by this project; null or empty text is the empty list.</summary>
    /// <exception cref="JournalException">UnreadableJson, on first access, when the text is not a JSON array.</exception>
    public static JsonList Parse(string? json) => string.IsNullOrEmpty(json) ? Empty : new JsonList(json, null);

    /// <summary>A list of the given texts, in their order.</summary>
    public static JsonList From(IEnumerable<string> items)
    {
        var list = items.ToList();
        return list.Count == 0 ? Empty : new JsonList(JsonValues.ToJson(list), list);
    }

    private List<string> Items => _items ??= JsonValues.ReadStored(_json, JsonValues.ParseTexts);

    /// <inheritdoc/>
    public string this[int index] => Items[index];

    /// <inheritdoc/>
    public int Count => Items.Count;

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => Items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The JSON text.</summary>
    public override string ToString() => _json;
}
