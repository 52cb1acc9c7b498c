using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Journal;

/// <summary>How a host makes JSON of its own objects, and gives them back.</summary>
public interface IValueCodec
{
    /// <summary>The JSON of a value.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="what">What the value is, for an error ("An input", "-Setting").</param>
    /// <param name="losses">Receives, in words, what of the value could not be kept; null where nobody asks.</param>
    /// <exception cref="JournalException">SecretRefused, ValueNotKept.</exception>
    string Encode(object? value, string what, ICollection<string>? losses);

    /// <summary>The value of a JSON element that <see cref="Encode"/> wrote, or that an older release wrote.</summary>
    object? Decode(JsonElement element);

    /// <summary>A file or a directory, live, as the host has it.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="isDirectory">Which of the two.</param>
    object File(string path, bool isDirectory);
}

/// <summary>
/// The one codec for every value that a journal keeps: inputs, settings, metadata, checkpoints, results. A value is kept as JSON that people and
/// filters can read. Texts, flags, null, whole numbers and fractions are plain JSON; what JSON has no type for is
/// <c>{"$type":"datetime","$value":"2026-05-04T00:00:00.0000000"}</c>. An object that begins with a member <c>$type</c> of its own is escaped.
/// docs/running.md, "What a block sees", has the table.
/// </summary>
/// <remarks>Core knows scalars, dictionaries and lists. PowerShell's objects are the host's: the module puts its own codec here when it is loaded.</remarks>
public static class KeptValues
{
    /// <summary>The first member of an object that is no plain object.</summary>
    public const string TypeMember = "$type";

    /// <summary>The member that holds the readable value of such an object.</summary>
    public const string ValueMember = "$value";

    // Relaxed: the text is stored in a database and shown in a terminal, never put into a page unescaped.
    internal static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>The codec in use.</summary>
    public static IValueCodec Codec { get; set; } = new CoreValueCodec();

    /// <summary>The JSON text of a value.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="what">What the value is, for an error.</param>
    /// <param name="losses">Receives, in words, what of the value could not be kept; null where nobody asks.</param>
    /// <exception cref="JournalException">SecretRefused, ValueNotKept.</exception>
    public static string Encode(object? value, string what = "A value", ICollection<string>? losses = null) => Codec.Encode(value, what, losses);

    /// <summary>The value of a JSON text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static object? Parse(string json)
    {
        using var document = JsonDocument.Parse(json, Deep);
        try
        {
            return Codec.Decode(document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair is JSON by its grammar, and no text.
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>The value of a JSON text that a journal holds.</summary>
    /// <exception cref="JournalException">UnreadableJson: the journal is damaged, or somebody else wrote it.</exception>
    public static object? Decode(string json) => JsonValues.ReadStored(json, Parse);

    /// <summary>The members of a JSON object that a journal holds, each as its value. The object itself is never taken for something else.</summary>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    internal static Dictionary<string, object?> ParseMembers(string json)
    {
        using var document = JsonDocument.Parse(json, Deep);
        if (document.RootElement.ValueKind is not JsonValueKind.Object) throw new JsonException("A JSON object was expected.");
        var members = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var member in document.RootElement.EnumerateObject()) members[member.Name] = Codec.Decode(member.Value);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException(e.Message, e);
        }

        return members;
    }

    /// <summary>The type and the value of an object that is tagged; false for a plain object, whatever its members are called.</summary>
    public static bool TryTag(JsonElement element, out string type, out JsonElement value)
    {
        (type, value) = ("", default);
        using var members = element.EnumerateObject();
        if (!members.MoveNext() || !members.Current.NameEquals(TypeMember) || members.Current.Value.ValueKind is not JsonValueKind.String) return false;
        type = members.Current.Value.GetString()!;
        return members.MoveNext() && members.Current.NameEquals(ValueMember) && (value = members.Current.Value).ValueKind is not JsonValueKind.Undefined;
    }

    /// <summary>
    /// A text that is the same for two kept values exactly where they are alike: without the order of names, which hashtables do not have. With
    /// tags, values of two types differ; without, what is read from them counts, so that a value that an older release wrote is like today's.
    /// </summary>
    public static string Canonical(string json, bool withTypes = true)
    {
        using var document = JsonDocument.Parse(json, Deep);
        return Sorted(document.RootElement, withTypes);
    }

    /// <summary>The tag of the first part of a kept value that stands for something outside of it or for an object of code; null where all are values.</summary>
    public static string? FirstObject(string json)
    {
        using var document = JsonDocument.Parse(json, Deep);
        return Find(document.RootElement);

        static string? Find(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object when TryTag(element, out var type, out _) && type is "file" or "directory" or "clixml" => type == "clixml" ? "of .NET" : type == "file" ? "FileInfo" : "DirectoryInfo",
            JsonValueKind.Object => element.EnumerateObject().Select(static member => Find(member.Value)).FirstOrDefault(static found => found is not null),
            JsonValueKind.Array => element.EnumerateArray().Select(Find).FirstOrDefault(static found => found is not null),
            _ => null,
        };
    }

    private static string Sorted(JsonElement element, bool withTypes)
    {
        if (!withTypes && element.ValueKind is JsonValueKind.Object && TryTag(element, out _, out var inner)) return Sorted(inner, withTypes);
        return element.ValueKind switch
        {
            JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject().Select(member => $"{JsonValues.ToJson(member.Name)}:{Sorted(member.Value, withTypes)}").Order(StringComparer.Ordinal)) + "}",
            JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(item => Sorted(item, withTypes))) + "]",
            JsonValueKind.String => JsonValues.ToJson(element.GetString()),
            _ => element.GetRawText(),
        };
    }

    /// <summary>Kept JSON as people and other programs read it: each value that names its type is replaced by the plain value that stands for it. JSON that is damaged comes back as it is.</summary>
    public static string ReadableJson(string json)
    {
        if (!json.Contains(TypeMember, StringComparison.Ordinal)) return json;
        try
        {
            using var document = JsonDocument.Parse(json, Deep);
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(json.Length);
            using (var writer = new Utf8JsonWriter(buffer, Compact)) WriteReadable(writer, document.RootElement);
            return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static void WriteReadable(Utf8JsonWriter writer, JsonElement element)
    {
        // An object that has a member of that name itself is kept within one that says so, and is no type below it.
        var isOwn = false;
        while (element.ValueKind is JsonValueKind.Object && !isOwn && TryTag(element, out var type, out var inner)) (element, isOwn) = (inner, type == "object");
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    WriteReadable(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) WriteReadable(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteRawValue(element.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    /// <summary>A scalar as filters see it: text, long, double, bool or null, which is what stands for it in the stored JSON.</summary>
    public static object? Readable(object? value)
    {
        using var document = JsonDocument.Parse(Encode(value), Deep);
        var element = document.RootElement;
        while (element.ValueKind is JsonValueKind.Object && TryTag(element, out _, out var inner)) element = inner;
        return element.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? element.GetRawText() : JsonValues.Read(element);
    }
}

/// <summary>Scalars, dictionaries and lists, for programs without PowerShell; what PowerShell's objects were is given as dictionaries.</summary>
internal sealed class CoreValueCodec : IValueCodec
{
    private const int MaxDepth = 64;

    /// <inheritdoc/>
    public string Encode(object? value, string what, ICollection<string>? losses)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, KeptValues.Compact)) Write(writer, value, what, 0);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <inheritdoc/>
    public object? Decode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                var list = new List<object?>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray()) list.Add(Decode(item));
                return list;
            case JsonValueKind.Object when KeptValues.TryTag(element, out var type, out var value):
                if (KeptScalars.TryRead(type, value, element, out var scalar)) return scalar;
                return type switch
                {
                    "object" or "hashtable" or "ordered" when value.ValueKind is JsonValueKind.Object => Members(value),
                    "file" or "directory" when value.ValueKind is JsonValueKind.String => File(value.GetString()!, type == "directory"),
                    "list" or "noted" or "bag" or "clixml" or "line" or "xml" or "semver" or "switch" => Decode(value),
                    _ => Members(element),
                };
            case JsonValueKind.Object: return Members(element);
            default: return JsonValues.Read(element);
        }
    }

    /// <inheritdoc/>
    public object File(string path, bool isDirectory) => isDirectory ? new DirectoryInfo(path) : new FileInfo(path);

    private Dictionary<string, object?> Members(JsonElement element)
    {
        var map = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in element.EnumerateObject()) map[member.Name] = Decode(member.Value);
        return map;
    }

    private static void Write(Utf8JsonWriter writer, object? value, string what, int depth)
    {
        if (KeptScalars.TryWrite(writer, value, what)) return;
        if (depth >= MaxDepth) throw JournalErrors.ValueNotKept(what, $"it is nested more than {MaxDepth} levels deep.");
        switch (value)
        {
            case IDictionary map: WriteMap(writer, map, what, depth); break;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (var item in items) Write(writer, item, what, depth + 1);
                writer.WriteEndArray();
                break;
            case FileSystemInfo file:
                KeptScalars.BeginTag(writer, file is DirectoryInfo ? "directory" : "file");
                KeptScalars.WriteText(writer, file.FullName);
                writer.WriteEndObject();
                break;
            default: KeptScalars.WriteText(writer, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""); break;
        }
    }

    private static void WriteMap(Utf8JsonWriter writer, IDictionary map, string what, int depth)
    {
        var escaped = KeptScalars.BeginsLikeTag(map.Keys.Cast<object>().FirstOrDefault() as string);
        if (escaped) KeptScalars.BeginTag(writer, "object");
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "");
            Write(writer, entry.Value, what, depth + 1);
        }

        writer.WriteEndObject();
        if (escaped) writer.WriteEndObject();
    }
}
