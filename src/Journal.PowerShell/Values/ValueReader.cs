using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Text.Json;
using System.Xml;

namespace Journal.Commands.Values;

/// <summary>Gives values back that <see cref="ValueWriter"/> wrote, and those that releases before it wrote as plain JSON.</summary>
internal static class ValueReader
{
    /// <summary>How a PSPath of a file begins.</summary>
    public const string FileSystem = @"Microsoft.PowerShell.Core\FileSystem::";

    /// <summary>The name of a type that the reference assembly does not have.</summary>
    public const string SemanticVersion = "System.Management.Automation.SemanticVersion";

    private static readonly Type? SemanticVersionType = typeof(PSObject).Assembly.GetType(SemanticVersion);

    /// <summary>The value of a JSON element.</summary>
    public static object? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array: return Items(element);
            case JsonValueKind.Object when KeptValues.TryTag(element, out var type, out var value):
                if (KeptScalars.TryRead(type, value, element, out var scalar)) return scalar;
                return TryRead(type, value, element, out var known) ? known : Custom(element);
            case JsonValueKind.Object: return Custom(element);
            default: return KeptScalars.ReadPlain(element);
        }
    }

    /// <summary>A file as Get-ChildItem would give it. Cmdlets bind -LiteralPath by the property PSPath; without it a name with brackets would be taken for a pattern.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="isDirectory">Whether it is a directory.</param>
    /// <param name="fileSystem">The session's file system provider, which files carry along; null to leave it out.</param>
    public static PSObject File(string path, bool isDirectory, ProviderInfo? fileSystem = null)
    {
        var file = isDirectory ? (FileSystemInfo)new DirectoryInfo(path) : new FileInfo(path);
        var result = PSObject.AsPSObject(file);
        NotePath(result, file.FullName);
        if (fileSystem is not null) Note(result, "PSProvider", fileSystem);
        Note(result, "PSIsContainer", isDirectory);
        return result;
    }

    private static bool TryRead(string type, JsonElement value, JsonElement element, out object? result)
    {
        result = null;
        switch (type, value.ValueKind)
        {
            case ("object", JsonValueKind.Object): result = Custom(value, Names(element)); return true;
            case ("hashtable" or "ordered", JsonValueKind.Object): result = Map(value, element, type == "ordered"); return true;
            case ("list", JsonValueKind.Array): result = new ArrayList(Items(value)); return true;
            case ("file" or "directory", JsonValueKind.String): result = File(value.GetString()!, type == "directory"); return true;
            case ("switch", JsonValueKind.True or JsonValueKind.False): result = new SwitchParameter(value.GetBoolean()); return true;
            case ("semver", JsonValueKind.String): result = SemanticVersionType is null ? value.GetString() : LanguagePrimitives.ConvertTo(value.GetString(), SemanticVersionType, null); return true;
            case ("xml", JsonValueKind.String): result = Xml(value.GetString()!, element); return true;
            case ("noted", _) when element.TryGetProperty("$notes", out var notes) && notes.ValueKind is JsonValueKind.Object:
                var noted = PSObject.AsPSObject(Read(value));
                AddTo(noted, notes);
                result = noted;
                return true;
            case ("line", JsonValueKind.String) when element.TryGetProperty("$path", out var path):
                var line = new PSObject(value.GetString()!);
                NotePath(line, path.GetString()!);
                if (element.TryGetProperty("$number", out var number)) Note(line, "ReadCount", number.GetInt64());
                result = line;
                return true;
            case ("bag", JsonValueKind.Object):
                var bag = Clixml.Bag(Names(element), element.TryGetProperty("$text", out var text) ? Read(text) as string : null);
                AddTo(bag, value);
                result = bag;
                return true;
            case ("clixml", _) when element.TryGetProperty("$clixml", out var clixml):
                result = Clixml.Deserialize(clixml.GetString()!);
                if (value.ValueKind is JsonValueKind.Object && result is not (null or string or ValueType or IList or IDictionary)) Overlay(PSObject.AsPSObject(result), value);
                return true;
            case ("enum", JsonValueKind.String) when element.TryGetProperty("$number", out var member): result = UnknownEnum(element, member); return true;
            default: return false;
        }
    }

    // Scalars of which the serializer makes something else: what was beside it knows better.
    private static void Overlay(PSObject target, JsonElement readable)
    {
        if (target.BaseObject is not PSCustomObject) return;
        foreach (var member in readable.EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Object || !KeptValues.TryTag(member.Value, out _, out _)) continue;
            target.Properties.Remove(member.Name);
            target.Properties.Add(new PSNoteProperty(member.Name, Read(member.Value)));
        }
    }

    // As the serializer gives an enum: its number, under the type's name.
    private static PSObject UnknownEnum(JsonElement element, JsonElement number)
    {
        var result = new PSObject(number.TryGetInt32(out var small) ? small : number.TryGetInt64(out var large) ? large : number.GetUInt64());
        var name = element.TryGetProperty("$of", out var of) ? of.GetString() : "";
        result.TypeNames.Clear();
        foreach (var type in new[] { name, "System.Enum", "System.ValueType", "System.Object" }) result.TypeNames.Add("Deserialized." + type);
        return result;
    }

    private static object?[] Items(JsonElement element)
    {
        var items = new object?[element.GetArrayLength()];
        var n = 0;
        foreach (var item in element.EnumerateArray()) items[n++] = Read(item);
        return items;
    }

    private static object Custom(JsonElement element, IEnumerable<string>? names = null)
    {
        // Hashtables of older releases are objects, too, and may have names that no property can have.
        if (!CanBeProperties(element)) return Map(element, default, ordered: true);
        var result = new PSObject();
        foreach (var member in element.EnumerateObject()) Note(result, member.Name, Read(member.Value));
        var place = 0;
        foreach (var name in names ?? []) result.TypeNames.Insert(place++, name);
        return result;
    }

    private static bool CanBeProperties(JsonElement element)
    {
        var seen = 0;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Length == 0 || IsReserved(member.Name)) return false;
            seen++;
        }

        return seen < 2 || seen == element.EnumerateObject().Select(static member => member.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count();
    }

    private static bool IsReserved(string name) =>
        name.StartsWith("ps", StringComparison.OrdinalIgnoreCase)
        && (name.Equals("psbase", StringComparison.OrdinalIgnoreCase) || name.Equals("psadapted", StringComparison.OrdinalIgnoreCase) || name.Equals("psextended", StringComparison.OrdinalIgnoreCase)
            || name.Equals("psobject", StringComparison.OrdinalIgnoreCase) || name.Equals("pstypenames", StringComparison.OrdinalIgnoreCase));

    private static IDictionary Map(JsonElement value, JsonElement element, bool ordered)
    {
        var keys = element.ValueKind is JsonValueKind.Object && element.TryGetProperty("$keys", out var kept) && kept.ValueKind is JsonValueKind.Array ? Items(kept) : null;
        return Fill(keys, value, ordered, StringComparer.OrdinalIgnoreCase) ?? Fill(keys, value, ordered, null)!;
    }

    private static IDictionary? Fill(object?[]? keys, JsonElement value, bool ordered, StringComparer? comparer)
    {
        IDictionary map = ordered ? new OrderedDictionary(comparer) : new Hashtable(comparer);
        var n = 0;
        foreach (var member in value.EnumerateObject())
        {
            var key = keys is not null && n < keys.Length ? keys[n] ?? member.Name : member.Name;
            n++;
            // Names that differ by case: all of them are kept.
            if (comparer is not null && map.Contains(key)) return null;
            map[key] = Read(member.Value);
        }

        return map;
    }

    private static List<string> Names(JsonElement element) =>
        element.TryGetProperty("$names", out var names) && names.ValueKind is JsonValueKind.Array ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];

    private static object Xml(string text, JsonElement element)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        if (!element.TryGetProperty("$node", out var kind))
        {
            Load(document, text);
            return document;
        }

        switch (kind.GetString())
        {
            case nameof(XmlNodeType.Element):
                Load(document, text);
                return document.DocumentElement!;
            case nameof(XmlNodeType.Attribute):
                var attribute = document.CreateAttribute(element.GetProperty("$name").GetString()!, element.GetProperty("$namespace").GetString());
                attribute.Value = text;
                return attribute;
            default:
                var fragment = document.CreateDocumentFragment();
                fragment.InnerXml = text;
                return fragment.ChildNodes.Count == 1 ? fragment.FirstChild! : fragment;
        }
    }

    private static void Load(XmlDocument document, string text)
    {
        using var texts = new StringReader(text);
        using var reader = XmlReader.Create(texts, new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = null, MaxCharactersFromEntities = 1_000_000 });
        document.Load(reader);
    }

    private static void AddTo(PSObject target, JsonElement members)
    {
        foreach (var member in members.EnumerateObject())
        {
            if (member.Name.Length == 0 || IsReserved(member.Name)) continue;
            target.Properties.Remove(member.Name);
            Note(target, member.Name, Read(member.Value));
        }
    }

    private static void NotePath(PSObject target, string path)
    {
        Note(target, "PSPath", FileSystem + path);
        Note(target, "PSParentPath", FileSystem + Path.GetDirectoryName(path));
        Note(target, "PSChildName", Path.GetFileName(path) is { Length: > 0 } name ? name : path);
    }

    // Known to be no other's name and no reserved one: PowerShell need not look.
    private static void Note(PSObject target, string name, object? value) => target.Properties.Add(new PSNoteProperty(name, value), preValidated: true);
}
