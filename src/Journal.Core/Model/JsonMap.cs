using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Journal;

/// <summary>
/// A read-only JSON object that a pipeline can use: names are members in PowerShell (<c>$task.Metadata.subject</c>), and
/// <see cref="ToString"/> is its JSON text, so that <c>Export-Csv</c> writes something that can be read back.
/// </summary>
/// <remarks>Parsed on first use: a million rows that nobody looks into cost no parsing.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "It is a JSON object, not a collection type of its own.")]
public sealed class JsonMap : IReadOnlyDictionary<string, object?>, IDictionary
{
    private readonly string _json;
    private Dictionary<string, object?>? _values;

    private JsonMap(string json, Dictionary<string, object?>? values)
    {
        _json = json;
        _values = values;
    }

    /// <summary>The object without members; its text is <c>{}</c>.</summary>
    public static JsonMap Empty { get; } = new("{}", new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase));

    /// <summary>A map over JSON text that was stored by this project.</summary>
    /// <param name="json">A JSON object; null or empty text is the empty map.</param>
    /// <exception cref="JournalException">UnreadableJson, on first access, when the text is not a JSON object.</exception>
    public static JsonMap Parse(string? json) => string.IsNullOrEmpty(json) ? Empty : new JsonMap(json, null);

    /// <summary>A map of the given values; later names win over earlier ones that differ in case alone.</summary>
    /// <param name="values">Values as <see cref="JsonValues.Write"/> takes them.</param>
    public static JsonMap From(IEnumerable<KeyValuePair<string, object?>> values)
    {
        var map = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in values) map[name] = value;
        return map.Count == 0 ? Empty : new JsonMap(JsonValues.ToJson(map), null);
    }

    private Dictionary<string, object?> Values => _values ??= JsonValues.ReadStored(_json, KeptValues.ParseMembers);

    /// <summary>This map with the members of another laid over it.</summary>
    public JsonMap With(JsonMap changes)
    {
        if (changes._json == "{}") return this;
        return _json == "{}" ? changes : From(Encoded().Concat(changes.Encoded()));
    }

    /// <summary>The stored JSON of a member; null where there is none.</summary>
    /// <param name="name">In any case.</param>
    public string? JsonOf(string name) => Encoded().Where(member => string.Equals(member.Key, name, StringComparison.OrdinalIgnoreCase)).Select(static member => ((EncodedValue)member.Value!).Json).LastOrDefault();

    // As they are stored: nothing of a value is lost on the way into another map.
    private List<KeyValuePair<string, object?>> Encoded() => JsonValues.ReadStored(_json, static json =>
    {
        using var document = JsonDocument.Parse(json, KeptValues.Deep);
        if (document.RootElement.ValueKind is not JsonValueKind.Object) throw new JsonException("A JSON object was expected.");
        return document.RootElement.EnumerateObject().Select(static member => new KeyValuePair<string, object?>(member.Name, new EncodedValue(member.Value.GetRawText()))).ToList();
    });

    /// <inheritdoc/>
    public object? this[string key] => Values[key];

    /// <inheritdoc/>
    public IEnumerable<string> Keys => Values.Keys;

    /// <inheritdoc/>
    IEnumerable<object?> IReadOnlyDictionary<string, object?>.Values => Values.Values;

    /// <inheritdoc cref="IReadOnlyCollection{T}.Count"/>
    public int Count => Values.Count;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => Values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The JSON text as it is stored, types and all.</summary>
    public string Json => _json;

    /// <summary>The JSON text as people and other programs read it: see <see cref="KeptValues.ReadableJson"/>.</summary>
    public override string ToString() => KeptValues.ReadableJson(_json);

    // The non-generic face exists because PowerShell turns only an IDictionary's keys into members.
    object? IDictionary.this[object key]
    {
        get => key is string name && Values.TryGetValue(name, out var value) ? value : null;
        set => throw ReadOnly();
    }

    ICollection IDictionary.Keys => Values.Keys;

    ICollection IDictionary.Values => Values.Values;

    bool IDictionary.IsReadOnly => true;

    bool IDictionary.IsFixedSize => true;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    void IDictionary.Add(object key, object? value) => throw ReadOnly();

    void IDictionary.Clear() => throw ReadOnly();

    void IDictionary.Remove(object key) => throw ReadOnly();

    bool IDictionary.Contains(object key) => key is string name && Values.ContainsKey(name);

    IDictionaryEnumerator IDictionary.GetEnumerator() => ((IDictionary)Values).GetEnumerator();

    void ICollection.CopyTo(Array array, int index) => ((ICollection)Values).CopyTo(array, index);

    private static NotSupportedException ReadOnly() =>
        new("What the journal holds is changed with its cmdlets (Set-JournalTask -Metadata), not in place.");
}

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
