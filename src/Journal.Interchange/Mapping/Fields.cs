using System.Globalization;
using Journal.Formats;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Mapping;

/// <summary>
/// The members of a map, asked for under all the names they may have. What nobody asked for is left over, and goes into metadata.
/// </summary>
internal sealed class Fields
{
    private readonly SourceFile _file;
    private readonly TimeZoneInfo _naive;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly bool[] _taken;
    private string _last = "";

    /// <param name="map">The map.</param>
    /// <param name="file">For the errors.</param>
    /// <param name="naive">The zone of times without an offset.</param>
    /// <exception cref="JournalException">ImportFileInvalid, for a node that is no map.</exception>
    public Fields(Node map, SourceFile file, TimeZoneInfo naive)
    {
        if (map.Kind is not NodeKind.Map) throw file.Wrong(map.Line, $"An object was expected, not {Describe(map)}.");
        (Map, _file, _naive) = (map, file, naive);
        _taken = new bool[map.Members.Count];
        for (var i = 0; i < map.Members.Count; i++) _places[FieldNames.Fold(map.Members[i].Key)] = i;
    }

    /// <summary>Whether times must be ISO 8601: in a table that a culture may have written, another order of day and month would be read as another day.</summary>
    public bool IsoTimesOnly { get; init; }

    /// <summary>The map itself.</summary>
    public Node Map { get; }

    /// <summary>The line it begins on.</summary>
    public int Line => Map.Line;

    /// <summary>Whether there is a member with one of these names.</summary>
    /// <param name="names">Folded names.</param>
    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_places.ContainsKey(name)) return true;
        }

        return false;
    }

    /// <summary>The first of these that is there and says something; null where none does.</summary>
    /// <param name="names">Folded names, the likeliest first.</param>
    public Node? Take(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!_places.TryGetValue(name, out var place)) continue;
            _taken[place] = true;
            _last = Map.Members[place].Key;
            var value = Map.Members[place].Value;
            if (value.Kind is not NodeKind.Null && !(value.Kind is NodeKind.Text && value.Text.Length == 0)) return value;
        }

        return null;
    }

    /// <summary>The members with these names as the source writes them, for what is read and yet kept in metadata; nothing for those that say nothing.</summary>
    /// <param name="names">Folded names.</param>
    public IReadOnlyList<KeyValuePair<string, Node>> Originals(params ReadOnlySpan<string> names)
    {
        var found = new List<KeyValuePair<string, Node>>();
        foreach (var name in names)
        {
            if (_places.TryGetValue(name, out var place) && Map.Members[place].Value.Kind is not NodeKind.Null) found.Add(Map.Members[place]);
        }

        return found;
    }

    /// <summary>The members with these names, to be read while they stay in what is left over.</summary>
    public Fields Kept(params ReadOnlySpan<string> names) => In(Node.Map(Originals(names), Line));

    /// <summary>Leaves members out of what is left over: they follow from others.</summary>
    public void Drop(params ReadOnlySpan<string> names) => Take(names);

    /// <summary>A text; numbers and flags are texts, too.</summary>
    public string? Text(params ReadOnlySpan<string> names) => Take(names) is { } node ? AsText(node) : null;

    /// <summary>A text that must be there.</summary>
    /// <param name="what">What it is, for the error.</param>
    /// <param name="names">Folded names.</param>
    public string Require(string what, params ReadOnlySpan<string> names) => Text(names) ?? throw Wrong($"There is no {what}.");

    /// <summary>A whole number.</summary>
    public int? Whole(params ReadOnlySpan<string> names) =>
        Take(names) is not { } node ? null
        : double.TryParse(AsText(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
            ? (int)number
            : throw _file.Wrong(node.Line, $"A whole number was expected in {_last}, not {Describe(node)}.");

    /// <summary>A number.</summary>
    public double? Number(params ReadOnlySpan<string> names) =>
        Take(names) is not { } node ? null
        : double.TryParse(AsText(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw _file.Wrong(node.Line, $"A number was expected in {_last}, not {Describe(node)}.");

    /// <summary>A flag.</summary>
    public bool? Flag(params ReadOnlySpan<string> names) =>
        Take(names) is not { } node ? null : AsText(node).ToLowerInvariant() switch
        {
            "true" or "yes" or "1" => true,
            "false" or "no" or "0" => false,
            _ => throw _file.Wrong(node.Line, $"True or false was expected in {_last}, not {Describe(node)}."),
        };

    /// <summary>An instant.</summary>
    public DateTimeOffset? Time(params ReadOnlySpan<string> names) =>
        Take(names) is not { } node ? null
        : IsoTimesOnly && !Scalars.IsIsoTime(AsText(node))
            ? throw _file.Wrong(node.Line, $"{_last} holds {Describe(node)}, as some culture writes it: day and month could be exchanged. Write times as 2026-05-04T10:00:00+02:00; this version's Get-JournalTask | Export-Csv does.")
        : Scalars.Time(AsText(node), _naive) ?? throw _file.Wrong(node.Line, $"A time was expected in {_last}, not {Describe(node)}.");

    /// <summary>A length of time; one in milliseconds has a name that says so.</summary>
    public TimeSpan? Duration(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Take(name) is { } node) return Duration(node, TimeSpan.FromSeconds(1));
            if ((Take(name + "ms") ?? Take(name + "milliseconds")) is { } milliseconds) return Duration(milliseconds, TimeSpan.FromMilliseconds(1));
            if ((Take(name + "seconds") ?? Take(name + "s")) is { } seconds) return Duration(seconds, TimeSpan.FromSeconds(1));
        }

        return null;
    }

    /// <summary>A length of time of a node.</summary>
    public TimeSpan Duration(Node node, TimeSpan unit) =>
        Scalars.Duration(AsText(node), unit) is { } span && span >= TimeSpan.Zero ? span : throw _file.Wrong(node.Line, $"A length of time was expected in {_last}, not {Describe(node)}.");

    /// <summary>A status.</summary>
    public JournalTaskStatus? Status(params ReadOnlySpan<string> names) =>
        Take(names) is not { } node ? null : StatusNames.Find(AsText(node)) ?? throw _file.Wrong(node.Line, $"{Describe(node)} is no status that is known.");

    /// <summary>A member of an enumeration, by its name in any case.</summary>
    public T? Enum<T>(params ReadOnlySpan<string> names)
        where T : struct, Enum =>
        Take(names) is not { } node ? null
        : System.Enum.TryParse<T>(AsText(node), ignoreCase: true, out var value) && System.Enum.IsDefined(value) ? value
        : throw _file.Wrong(node.Line, $"{_last}: {Describe(node)} is no {typeof(T).Name}.");

    /// <summary>The nodes of a list; a single value is a list of one.</summary>
    public IReadOnlyList<Node> Items(params ReadOnlySpan<string> names) =>
        Take(names) is not { } node ? [] : node.Kind is NodeKind.List ? node.Items : [node];

    /// <summary>The members of a map, as fields.</summary>
    public Fields? Nested(params ReadOnlySpan<string> names) => Take(names) is { } node ? In(node) : null;

    /// <summary>Fields of another map of the same file.</summary>
    public Fields In(Node map) => new(map, _file, _naive) { IsoTimesOnly = IsoTimesOnly };

    /// <summary>What is left over, laid over the members of the member <c>metadata</c>.</summary>
    /// <param name="more">What an importer wants to keep besides.</param>
    public JsonMap Metadata(params ReadOnlySpan<KeyValuePair<string, Node>> more)
    {
        var members = new List<KeyValuePair<string, Node>>();
        if (Take("metadata", "meta") is { } metadata)
        {
            if (metadata.Kind is NodeKind.Map) members.AddRange(metadata.Members);
            else members.Add(new("metadata", metadata));
        }

        for (var i = 0; i < _taken.Length; i++)
        {
            if (!_taken[i]) members.Add(Map.Members[i]);
        }

        members.AddRange(more);
        return ToMap(members);
    }

    /// <summary>A JSON object of members; of names that differ in case alone the last one stays.</summary>
    public static JsonMap ToMap(IReadOnlyList<KeyValuePair<string, Node>> members)
    {
        if (members.Count == 0) return JsonMap.Empty;
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var kept = new List<KeyValuePair<string, Node>>(members.Count);
        foreach (var member in members)
        {
            if (places.TryGetValue(member.Key, out var place))
            {
                kept[place] = member;
                continue;
            }

            places[member.Key] = kept.Count;
            kept.Add(member);
        }

        return JsonMap.Parse(Node.Map(kept).ToString());
    }

    /// <summary>A scalar as text.</summary>
    /// <exception cref="JournalException">ImportFileInvalid, for a list or a map.</exception>
    public string AsText(Node node) => node.Kind is NodeKind.List or NodeKind.Map ? throw _file.Wrong(node.Line, $"A single value was expected, not {Describe(node)}.") : node.Text;

    /// <summary>An error of this map.</summary>
    public JournalException Wrong(string detail) => _file.Wrong(Line, detail);

    private static string Describe(Node node) => node.Kind switch
    {
        NodeKind.Map => "an object",
        NodeKind.List => "a list",
        NodeKind.Null => "nothing",
        _ => $"'{(node.Text.Length <= 60 ? node.Text : string.Concat(node.Text.AsSpan(0, 59), "…"))}'",
    };
}
