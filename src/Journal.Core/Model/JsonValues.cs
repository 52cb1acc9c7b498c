using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Journal;

/// <summary>
/// Plain values to JSON text and back, without reflection: text, numbers, booleans, null, dictionaries and lists of them. Dates go in as
/// ISO 8601 with their offset; enums, GUIDs, URIs and anything else as their invariant text.
/// </summary>
public static class JsonValues
{
    // Relaxed: the text is stored in a database and shown in a terminal, never put into a page unescaped.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How deep a value may nest; what lies deeper is stored as text.</summary>
    public const int MaxDepth = 16;

    /// <summary>The JSON text of a value.</summary>
    public static string ToJson(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Compact)) Write(writer, value, 0);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value of a JSON text: string, long, double, bool, null, or dictionaries (names in any case) and lists of them.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static object? Parse(string json)
    {
        using var document = JsonDocument.Parse(json, KeptValues.Deep);
        try
        {
            return Read(document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair is JSON by its grammar, and no text.
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>The value of a JSON text that a journal holds.</summary>
    /// <exception cref="JournalException">UnreadableJson: the journal is damaged, or somebody else wrote it.</exception>
    public static object? ParseStored(string json) => ReadStored(json, Parse);

    /// <summary>The members of a JSON object.</summary>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static Dictionary<string, object?> ParseObject(string json) =>
        Parse(json) as Dictionary<string, object?> ?? throw new JsonException("A JSON object was expected.");

    /// <summary>The items of a JSON array, each as text.</summary>
    /// <exception cref="JsonException">The text is not a JSON array.</exception>
    public static List<string> ParseTexts(string json) =>
        Parse(json) is List<object?> items
            ? items.ConvertAll(static item => Convert.ToString(item, CultureInfo.InvariantCulture) ?? "")
            : throw new JsonException("A JSON array was expected.");

    // What a journal holds may be damaged, or written by somebody else.
    internal static T ReadStored<T>(string json, Func<string, T> parse)
    {
        try
        {
            return parse(json);
        }
        catch (JsonException e)
        {
            throw JournalErrors.UnreadableJson(json, e.Message, e);
        }
    }

    /// <summary>The plain value of a JSON element.</summary>
    public static object? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                // Without the cast both would become double, and a large id would lose its last digits.
                return element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Array:
                var list = new List<object?>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray()) list.Add(Read(item));
                return list;
            case JsonValueKind.Object:
                var map = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
                foreach (var member in element.EnumerateObject()) map[member.Name] = Read(member.Value);
                return map;
            default:
                return null;
        }
    }

    /// <summary>Writes a value as the class says.</summary>
    /// <param name="writer">Receives one JSON value.</param>
    /// <param name="value">What to write.</param>
    /// <param name="depth">How deep the value lies; the outermost is 0.</param>
    public static void Write(Utf8JsonWriter writer, object? value, int depth = 0)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case byte or sbyte or short or ushort or uint: writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case decimal number: writer.WriteNumberValue(number); break;
            // JSON has no NaN and no infinities: they go in as text.
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case DateTime time: writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture)); break;
            case DateTimeOffset time: writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture)); break;
            case JsonElement element: element.WriteTo(writer); break;
            case JsonMap map: writer.WriteRawValue(map.Json, skipInputValidation: true); break;
            case EncodedValue encoded: writer.WriteRawValue(encoded.Json, skipInputValidation: true); break;
            case JsonList texts: writer.WriteRawValue(texts.ToString(), skipInputValidation: true); break;
            case IDictionary map when depth < MaxDepth: WriteMap(writer, map, depth); break;
            case IEnumerable items when depth < MaxDepth: WriteList(writer, items, depth); break;
            default: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static void WriteMap(Utf8JsonWriter writer, IDictionary map, int depth)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "");
            Write(writer, entry.Value, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, IEnumerable items, int depth)
    {
        writer.WriteStartArray();
        foreach (var item in items) Write(writer, item, depth + 1);
        writer.WriteEndArray();
    }
}
