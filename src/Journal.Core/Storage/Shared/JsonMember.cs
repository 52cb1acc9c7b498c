using System.Text;
using System.Text.Json;

namespace Journal.Storage.Shared;

/// <summary>Finds one member of a JSON object, by its name in any case, without reading the rest.</summary>
public static class JsonMember
{
    /// <summary>The value at a dotted path: text, long, double or bool; an object or array as its JSON; null where there is none.</summary>
    /// <param name="json">The object in UTF-8; nothing, or something else than an object, has no members.</param>
    /// <param name="path">A member's whole name wins over a dot that goes a level down: names may have dots.</param>
    public static object? Find(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json);
        if (json.IsEmpty || !reader.Read() || !Descend(ref reader, path)) return null;
        EnterValue(ref reader);
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return reader.GetString();
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.Number when reader.TryGetInt64(out var whole): return whole;
            case JsonTokenType.Number: return reader.GetDouble();
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
            default: return null;
        }
    }

    private static bool Descend(ref Utf8JsonReader reader, string path)
    {
        var whole = reader;
        if (Enter(ref whole, path))
        {
            reader = whole;
            return true;
        }

        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            var nested = reader;
            if (Enter(ref nested, path[..dot]) && Descend(ref nested, path[(dot + 1)..]))
            {
                reader = nested;
                return true;
            }
        }

        return false;
    }

    // A value that JSON has no type for stands in an object with its type; see KeptValues. What is asked for is the value.
    private static void EnterValue(ref Utf8JsonReader reader)
    {
        while (reader.TokenType == JsonTokenType.StartObject)
        {
            var inner = reader;
            if (!inner.Read() || inner.TokenType != JsonTokenType.PropertyName || !inner.ValueTextEquals(KeptValues.TypeMember) || !inner.Read() || inner.TokenType != JsonTokenType.String) return;
            if (!inner.Read() || inner.TokenType != JsonTokenType.PropertyName || !inner.ValueTextEquals(KeptValues.ValueMember) || !inner.Read()) return;
            reader = inner;
        }
    }

    private static bool Enter(ref Utf8JsonReader reader, string name)
    {
        EnterValue(ref reader);
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name) || string.Equals(reader.GetString(), name, StringComparison.OrdinalIgnoreCase);
            reader.Read();
            if (found) return true;
            reader.Skip();
        }

        return false;
    }
}
