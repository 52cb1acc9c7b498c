using System.Globalization;
using Journal.Formats;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>A map that is written: what is null, empty or its usual value is left out.</summary>
internal sealed class NodeBuilder
{
    private readonly List<KeyValuePair<string, Node>> _members = [];

    public NodeBuilder Add(string name, string? text) => text is null ? this : Put(name, Node.Of(text));

    public NodeBuilder Add(string name, DateTimeOffset? time) => time is { } known ? Put(name, Node.Of(Time(known))) : this;

    public NodeBuilder Add(string name, TimeSpan? span) => span is { } known ? Put(name, Node.Of(known.ToString("c", CultureInfo.InvariantCulture))) : this;

    public NodeBuilder Add(string name, long number, long usual) => number == usual ? this : Put(name, Node.Of(number));

    public NodeBuilder Add(string name, double number, double usual) => number.Equals(usual) ? this : Put(name, Node.Of(number));

    public NodeBuilder AddTexts(string name, JsonList texts) => AddList(name, texts.Select(static text => Node.Of(text)));

    public NodeBuilder AddList(string name, IEnumerable<Node> items) => items.ToList() is { Count: > 0 } list ? Put(name, Node.List(list)) : this;

    public NodeBuilder AddJson(string name, JsonMap map) => map.Count == 0 ? this : Put(name, OfJson(map.Json));

    public NodeBuilder Put(string name, Node value)
    {
        _members.Add(new(name, value));
        return this;
    }

    public Node ToNode() => Node.Map(_members);

    /// <summary>An instant as all own formats write it: UTC, to the microsecond, which is what a journal keeps.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static Node OfJson(string json) => JsonText.Parse(new SourceFile("journal", []), System.Text.Encoding.UTF8.GetBytes(json));
}
