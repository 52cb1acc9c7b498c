using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security;
using System.Text.Json;

namespace Journal;

/// <summary>
/// Scalars of the platform as JSON, and back as their own type, with all digits and ticks, whatever the culture. Plain JSON are texts, flags, null,
/// Int32, what is larger than that up to Int64, and Double, which is written with a point or an exponent; all others have a tag.
/// </summary>
public static class KeptScalars
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private static readonly ConcurrentDictionary<(string Assembly, string Name), Type> EnumTypes = new();

    /// <summary>Writes a scalar; false where the value is none.</summary>
    /// <param name="writer">Receives one JSON value.</param>
    /// <param name="value">Not wrapped in anything.</param>
    /// <param name="what">What the value is, for an error.</param>
    /// <exception cref="JournalException">SecretRefused.</exception>
    public static bool TryWrite(Utf8JsonWriter writer, object? value, string what)
    {
        switch (value)
        {
            case null or DBNull: writer.WriteNullValue(); return true;
            case string text: WriteText(writer, text); return true;
            case bool flag: writer.WriteBooleanValue(flag); return true;
            // Before the numbers: an enum is none of them, but switches and converters like to take it for one.
            case Enum member: WriteEnum(writer, member); return true;
            case int number: writer.WriteNumberValue(number); return true;
            case long number when number is > int.MaxValue or < int.MinValue: writer.WriteNumberValue(number); return true;
            case long number: BeginTag(writer, "long"); writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteRawValue(Fraction(number), skipInputValidation: true); return true;
            case double number: Tag(writer, "double", number.ToString(Invariant)); return true;
            case float number: Number(writer, "float", number.ToString("R", Invariant), float.IsFinite(number)); return true;
            case Half number: Number(writer, "half", number.ToString("R", Invariant), Half.IsFinite(number)); return true;
            case decimal number: Number(writer, "decimal", number.ToString(Invariant), true); return true;
            case byte number: Number(writer, "byte", number.ToString(Invariant), true); return true;
            case sbyte number: Number(writer, "sbyte", number.ToString(Invariant), true); return true;
            case short number: Number(writer, "short", number.ToString(Invariant), true); return true;
            case ushort number: Number(writer, "ushort", number.ToString(Invariant), true); return true;
            case uint number: Number(writer, "uint", number.ToString(Invariant), true); return true;
            case ulong number: Number(writer, "ulong", number.ToString(Invariant), number <= long.MaxValue); return true;
            case nint number: Number(writer, "nint", number.ToString(Invariant), true); return true;
            case nuint number: Number(writer, "nuint", number.ToString(Invariant), number <= long.MaxValue); return true;
            case Int128 number: Number(writer, "int128", number.ToString(Invariant), number >= long.MinValue && number <= long.MaxValue); return true;
            case UInt128 number: Number(writer, "uint128", number.ToString(Invariant), number <= long.MaxValue); return true;
            case BigInteger number: Number(writer, "bigint", number.ToString(Invariant), number >= long.MinValue && number <= long.MaxValue); return true;
            case char character when char.IsSurrogate(character): Number(writer, "char", ((int)character).ToString(Invariant), true); return true;
            case char character: Tag(writer, "char", character.ToString()); return true;
            case DateTime time: Tag(writer, "datetime", time.ToString("O", Invariant)); return true;
            case DateTimeOffset time: Tag(writer, "datetimeoffset", time.ToString("O", Invariant)); return true;
            case DateOnly day: Tag(writer, "dateonly", day.ToString("O", Invariant)); return true;
            case TimeOnly time: Tag(writer, "timeonly", time.ToString("O", Invariant)); return true;
            case TimeSpan span: Tag(writer, "timespan", span.ToString("c", Invariant)); return true;
            case Guid id: Tag(writer, "guid", id.ToString()); return true;
            case Uri uri: Tag(writer, "uri", uri.OriginalString); return true;
            case Version version: Tag(writer, "version", version.ToString()); return true;
            case IPAddress address: Tag(writer, "ipaddress", address.ToString()); return true;
            case byte[] bytes: BeginTag(writer, "bytes"); writer.WriteBase64StringValue(bytes); break;
            case JsonElement element: element.WriteTo(writer); return true;
            case JsonMap map: WriteMap(writer, map); return true;
            case JsonList texts: writer.WriteRawValue(texts.ToString(), skipInputValidation: true); return true;
            case EncodedValue encoded: writer.WriteRawValue(encoded.Json, skipInputValidation: true); return true;
            case SecureString or NetworkCredential: throw JournalErrors.SecretRefused(what, value.GetType().Name);
            default: return false;
        }

        writer.WriteEndObject();
        return true;
    }

    /// <summary>The scalar of a tag; false where the tag is none of a scalar's, or its text is not what the tag says.</summary>
    /// <param name="type">The tag.</param>
    /// <param name="value">Its value.</param>
    /// <param name="element">The whole object.</param>
    /// <param name="scalar">The scalar.</param>
    public static bool TryRead(string type, JsonElement value, JsonElement element, out object? scalar)
    {
        scalar = null;
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return false;
        var text = value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
        try
        {
            scalar = type switch
            {
                "long" => long.Parse(text, Invariant),
                "double" => double.Parse(text, Invariant),
                "float" => float.Parse(text, Invariant),
                "half" => Half.Parse(text, Invariant),
                "decimal" => decimal.Parse(text, NumberStyles.Float, Invariant),
                "byte" => byte.Parse(text, Invariant),
                "sbyte" => sbyte.Parse(text, Invariant),
                "short" => short.Parse(text, Invariant),
                "ushort" => ushort.Parse(text, Invariant),
                "uint" => uint.Parse(text, Invariant),
                "ulong" => ulong.Parse(text, Invariant),
                "nint" => nint.Parse(text, Invariant),
                "nuint" => nuint.Parse(text, Invariant),
                "int128" => Int128.Parse(text, Invariant),
                "uint128" => UInt128.Parse(text, Invariant),
                "bigint" => BigInteger.Parse(text, Invariant),
                "char" => value.ValueKind is JsonValueKind.Number ? (char)int.Parse(text, Invariant) : text.Single(),
                "utf16" => Utf16(element),
                "datetime" => Time(text),
                "datetimeoffset" => DateTimeOffset.ParseExact(text, "O", Invariant),
                "dateonly" => DateOnly.ParseExact(text, "O", Invariant),
                "timeonly" => TimeOnly.ParseExact(text, "O", Invariant),
                "timespan" => TimeSpan.ParseExact(text, "c", Invariant),
                "guid" => Guid.Parse(text),
                "uri" => new Uri(text, UriKind.RelativeOrAbsolute),
                "version" => Version.Parse(text),
                "ipaddress" => IPAddress.Parse(text),
                "bytes" => value.GetBytesFromBase64(),
                "enum" => ReadEnum(element),
                _ => null,
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            // Somebody's own object, with members of the same names.
            return false;
        }

        return scalar is not null;
    }

    /// <summary>A JSON value that is no object and no list: text, int, long where it must be, double, bool, null.</summary>
    public static object? ReadPlain(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String: return element.GetString();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Number when element.TryGetInt32(out var number): return number;
            // Without the cast both would become double, and a large id would lose its last digits.
            case JsonValueKind.Number: return element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble();
            default: return null;
        }
    }

    /// <summary>Writes a text; one that UTF-8 cannot hold is kept beside a readable likeness.</summary>
    public static void WriteText(Utf8JsonWriter writer, string text)
    {
        if (IsUnicode(text))
        {
            writer.WriteStringValue(text);
            return;
        }

        BeginTag(writer, "utf16");
        writer.WriteStringValue(string.Create(text.Length, text, static (span, whole) => ReplaceHalves(whole, span)));
        writer.WriteBase64String("$utf16", MemoryMarshal.AsBytes(text.AsSpan()));
        writer.WriteEndObject();
    }

    /// <summary>Whether a text has no half of a surrogate pair.</summary>
    public static bool IsUnicode(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (!char.IsHighSurrogate(text[at]) || at + 1 >= text.Length || !char.IsLowSurrogate(text[at + 1])) return false;
            at++;
        }

        return true;
    }

    /// <summary>Whether an object whose first member has this name must be escaped.</summary>
    public static bool BeginsLikeTag(string? firstName) => firstName == KeptValues.TypeMember;

    /// <summary>Begins an object with a tag, up to the name of its value. What is written next is the value; then the object must be ended.</summary>
    public static void BeginTag(Utf8JsonWriter writer, string type)
    {
        writer.WriteStartObject();
        writer.WriteString(KeptValues.TypeMember, type);
        writer.WritePropertyName(KeptValues.ValueMember);
    }

    private static void Tag(Utf8JsonWriter writer, string type, string text)
    {
        BeginTag(writer, type);
        writer.WriteStringValue(text);
        writer.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter writer, string type, string digits, bool isJson)
    {
        BeginTag(writer, type);
        if (isJson) writer.WriteRawValue(digits, skipInputValidation: true);
        else writer.WriteStringValue(digits);
        writer.WriteEndObject();
    }

    // "R" gives the shortest digits that read back as the same number; a point tells it from a whole number.
    private static string Fraction(double number)
    {
        var digits = number.ToString("R", Invariant);
        return digits.AsSpan().IndexOfAny('.', 'E') >= 0 ? digits : digits + ".0";
    }

    private static DateTime Time(string text)
    {
        if (DateTime.TryParseExact(text, "O", Invariant, DateTimeStyles.RoundtripKind, out var time)) return time;
        // A local time at the very edge of the calendar is none in UTC.
        return DateTime.SpecifyKind(DateTime.ParseExact(text[..27], "O", Invariant, DateTimeStyles.RoundtripKind), DateTimeKind.Local);
    }

    private static string Utf16(JsonElement element) => new(MemoryMarshal.Cast<byte, char>(element.GetProperty("$utf16").GetBytesFromBase64()));

    private static void ReplaceHalves(string text, Span<char> into)
    {
        text.CopyTo(into);
        for (var i = 0; i < into.Length; i++)
        {
            if (char.IsHighSurrogate(into[i]) && i + 1 < into.Length && char.IsLowSurrogate(into[i + 1])) i++;
            else if (char.IsSurrogate(into[i])) into[i] = '\uFFFD';
        }
    }

    private static void WriteMap(Utf8JsonWriter writer, JsonMap map)
    {
        var json = map.Json;
        var escaped = json.StartsWith("{\"$type\"", StringComparison.Ordinal);
        if (escaped) BeginTag(writer, "object");
        writer.WriteRawValue(json, skipInputValidation: true);
        if (escaped) writer.WriteEndObject();
    }

    private static void WriteEnum(Utf8JsonWriter writer, Enum member)
    {
        var type = member.GetType();
        BeginTag(writer, "enum");
        writer.WriteStringValue(member.ToString());
        writer.WriteString("$of", type.FullName);
        writer.WriteString("$in", type.Assembly.GetName().Name);
        writer.WritePropertyName("$number");
        writer.WriteRawValue(member.ToString("D"), skipInputValidation: true);
        writer.WriteEndObject();
    }

    // Only types that are loaded: nothing that a journal says loads an assembly. Where the type is not there the host decides.
    private static object? ReadEnum(JsonElement element)
    {
        if (!element.TryGetProperty("$of", out var of) || !element.TryGetProperty("$in", out var assembly) || !element.TryGetProperty("$number", out var number)) return null;
        if (FindEnum(assembly.GetString()!, of.GetString()!) is not { } type) return null;
        var text = number.GetRawText();
        return text.StartsWith('-') ? Enum.ToObject(type, long.Parse(text, Invariant)) : Enum.ToObject(type, ulong.Parse(text, Invariant));
    }

    private static Type? FindEnum(string assembly, string name)
    {
        if (EnumTypes.TryGetValue((assembly, name), out var known)) return known;
        // The last one: a class of PowerShell's that was defined again is a new type of the same name.
        var found = AppDomain.CurrentDomain.GetAssemblies()
            .Where(loaded => loaded.GetName().Name == assembly)
            .Select(loaded => loaded.GetType(name, throwOnError: false))
            .LastOrDefault(static type => type is { IsEnum: true });
        if (found is { Assembly.IsDynamic: false }) EnumTypes.TryAdd((assembly, name), found);
        return found;
    }
}

/// <summary>A value that is JSON already.</summary>
/// <param name="Json">As <see cref="KeptValues.Encode"/> gives it.</param>
public readonly record struct EncodedValue(string Json);
