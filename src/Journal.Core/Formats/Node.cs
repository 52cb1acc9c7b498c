using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Journal.Formats;

/// <summary>What a node is.</summary>
public enum NodeKind
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A number, kept as it was written.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A list of nodes.</summary>
    List,

    /// <summary>Named nodes, in their order.</summary>
    Map,
}

/// <summary>A value of a file that is read or written, whatever the file's format, with the line it stands on.</summary>
public sealed class Node
{
    // Relaxed: the text goes into a database or a file, never unescaped into a page.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly KeyValuePair<string, Node>[] NoMembers = [];

    private Node(NodeKind kind, int line, string text, IReadOnlyList<Node> items, IReadOnlyList<KeyValuePair<string, Node>> members)
    {
        (Kind, Line, Text, Items, Members) = (kind, line, text, items, members);
    }

    /// <summary>Nothing.</summary>
    public static Node Null { get; } = new(NodeKind.Null, 0, "", [], NoMembers);

    /// <summary>What it is.</summary>
    public NodeKind Kind { get; }

    /// <summary>The line it begins on, counted from 1; 0 where it comes from no file.</summary>
    public int Line { get; }

    /// <summary>A text as it is, a number as it was written in JSON, <c>true</c> or <c>false</c>; else empty.</summary>
    public string Text { get; }

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<Node> Items { get; }

    /// <summary>The members of a map.</summary>
    public IReadOnlyList<KeyValuePair<string, Node>> Members { get; }

    /// <summary>A text, or nothing.</summary>
    public static Node Of(string? text, int line = 0) => text is null ? Null : new Node(NodeKind.Text, line, text, [], NoMembers);

    /// <summary>A whole number.</summary>
    public static Node Of(long number) => Number(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number; one that JSON does not know is a text.</summary>
    public static Node Of(double number) =>
        double.IsFinite(number) ? Number(number.ToString("R", CultureInfo.InvariantCulture)) : Of(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A flag.</summary>
    public static Node Of(bool flag, int line = 0) => new(NodeKind.Flag, line, flag ? "true" : "false", [], NoMembers);

    /// <summary>A number as JSON writes it.</summary>
    public static Node Number(string json, int line = 0) => new(NodeKind.Number, line, json, [], NoMembers);

    /// <summary>Nothing, on a line.</summary>
    public static Node Nothing(int line) => new(NodeKind.Null, line, "", [], NoMembers);

    /// <summary>A list.</summary>
    public static Node List(IReadOnlyList<Node> items, int line = 0) => new(NodeKind.List, line, "", items, NoMembers);

    /// <summary>A map.</summary>
    public static Node Map(IReadOnlyList<KeyValuePair<string, Node>> members, int line = 0) => new(NodeKind.Map, line, "", [], members);

    /// <summary>The member with exactly this name, the last one where there are several; null where there is none.</summary>
    public Node? this[string name]
    {
        get
        {
            for (var i = Members.Count - 1; i >= 0; i--)
            {
                if (Members[i].Key == name) return Members[i].Value;
            }

            return null;
        }
    }

    /// <summary>The JSON text.</summary>
    public override string ToString()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Compact)) WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes it as JSON.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case NodeKind.Text: writer.WriteStringValue(Text); break;
            case NodeKind.Number: writer.WriteRawValue(Text, skipInputValidation: true); break;
            case NodeKind.Flag: writer.WriteBooleanValue(Text == "true"); break;
            case NodeKind.List:
                writer.WriteStartArray();
                foreach (var item in Items) item.WriteTo(writer);
                writer.WriteEndArray();
                break;
            case NodeKind.Map:
                writer.WriteStartObject();
                foreach (var (name, value) in Members)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }

                writer.WriteEndObject();
                break;
            default: writer.WriteNullValue(); break;
        }
    }
}
