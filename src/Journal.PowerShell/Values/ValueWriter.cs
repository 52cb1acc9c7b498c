using System.Collections;
using System.Collections.Specialized;
using System.Data;
using System.Globalization;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace Journal.Commands.Values;

/// <summary>Writes one value as JSON; see <see cref="KeptValues"/>.</summary>
internal sealed class ValueWriter
{
    /// <summary>How deep objects of .NET types are opened, as with <c>Export-Clixml -Depth 3</c>; what lies deeper is text.</summary>
    public const int ObjectDepth = 3;

    // Plain data leads nowhere else; so deep it is a mistake of the program that made it.
    private const int MaxDepth = 100;

    private const string CustomObject = "System.Management.Automation.PSCustomObject";

    /// <summary>How the JSON is written.</summary>
    // Relaxed: the text is stored in a database and shown in a terminal, never put into a page unescaped.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1000 };

    private readonly Utf8JsonWriter _writer;
    private readonly ICollection<string>? _losses;
    private readonly List<object> _ancestors = [];
    private bool _skipsCycles;

    /// <param name="writer">Receives one JSON value.</param>
    /// <param name="losses">Receives, in words, what could not be kept.</param>
    public ValueWriter(Utf8JsonWriter writer, ICollection<string>? losses) => (_writer, _losses) = (writer, losses);

    /// <summary>Writes a value; false where it leads back to itself, with what was written then to be thrown away.</summary>
    /// <exception cref="JournalException">SecretRefused, ValueNotKept.</exception>
    public bool TryWrite(object? value, string what)
    {
        try
        {
            Write(value, what, 0);
            return true;
        }
        catch (CycleException)
        {
            return false;
        }
    }

    /// <summary>Writes a value that leads back to itself.</summary>
    public void WriteCyclic(object value, string what)
    {
        _ancestors.Clear();
        _skipsCycles = true;
        var clixml = Clixml.Serialize(value, ObjectDepth, what);
        KeptScalars.BeginTag(_writer, "clixml");
        Write(value, what, 0);
        _writer.WriteString("$clixml", clixml);
        _writer.WriteEndObject();
    }

    private void Write(object? value, string what, int level)
    {
        // What somebody added to an object, PowerShell keeps beside it: it is there also where the object comes bare.
        var wrapped = value as PSObject ?? (AddedProperties.AreKeptBeside(value) ? PSObject.AsPSObject(value) : null);
        if (wrapped is null)
        {
            WriteBare(value, value, what, level);
            return;
        }

        var inner = wrapped.BaseObject;
        if (inner is PSCustomObject)
        {
            WriteCustom(wrapped, what, level);
        }
        else if (AddedProperties.Of(wrapped, inner) is { Count: > 0 } notes)
        {
            WriteNoted(wrapped, inner, notes, what, level);
        }
        else
        {
            WriteBare(inner, wrapped, what, level);
        }
    }

    private void WriteBare(object? value, object? wrapped, string what, int level)
    {
        if (KeptScalars.TryWrite(_writer, value, what)) return;
        if (level >= MaxDepth) throw JournalErrors.ValueNotKept(what, $"it is nested more than {MaxDepth} levels deep.");
        switch (value)
        {
            case PSCredential: throw JournalErrors.SecretRefused(what, nameof(PSCredential));
            case FileSystemInfo file: WriteTagged(file is DirectoryInfo ? "directory" : "file", file.FullName); return;
            case ScriptBlock script: KeptScalars.WriteText(_writer, script.ToString()); return;
            case SwitchParameter flag:
                KeptScalars.BeginTag(_writer, "switch");
                _writer.WriteBooleanValue(flag.IsPresent);
                _writer.WriteEndObject();
                return;
            case TaskInput input: Write(input.ToValue(), what, level); return;
            case XmlNode node: WriteXml(node); return;
        }

        if (value!.GetType().FullName == ValueReader.SemanticVersion)
        {
            WriteTagged("semver", value.ToString()!);
            return;
        }

        if (!Enter(value)) return;
        switch (value)
        {
            case IDictionary map: WriteMap(map, what, level); break;
            case Array { Rank: 1 } items: WriteItems(items, what, level); break;
            case IList items:
                KeptScalars.BeginTag(_writer, "list");
                WriteItems(items, what, level);
                _writer.WriteEndObject();
                break;
            case DataRow or DataRowView: WriteBag(PSObject.AsPSObject(value), what, level, static property => property.Name is not (nameof(DataRow.Table) or nameof(DataRowView.DataView) or nameof(DataRowView.Row))); break;
            case IEnumerable lazy when LazySequence.Is(value.GetType()): WriteObject(value, LazySequence.ReadAll(lazy, wrapped!, what), what, level); break;
            case IEnumerable or Type or Delegate: WriteObject(value, wrapped!, what, level); break;
            default:
                // A class of a script's; its type exists in that session alone.
                if (value.GetType().Assembly.IsDynamic && level < ObjectDepth) WriteBag(PSObject.AsPSObject(wrapped!), what, level);
                else WriteObject(value, wrapped!, what, level);
                break;
        }

        Leave();
    }

    private void WriteTagged(string type, string text)
    {
        KeptScalars.BeginTag(_writer, type);
        KeptScalars.WriteText(_writer, text);
        _writer.WriteEndObject();
    }

    // PSCustomObject, or what PowerShell's own serializer made of some object.
    private void WriteCustom(PSObject value, string what, int level)
    {
        if (level >= MaxDepth) throw JournalErrors.ValueNotKept(what, $"it is nested more than {MaxDepth} levels deep.");
        if (!Enter(value)) return;
        var names = value.TypeNames;
        var first = names.Count > 0 ? names[0] : CustomObject;
        if (first == CustomObject)
        {
            WriteProperties(value, what, level, escape: true);
        }
        else if (first.StartsWith("Deserialized.", StringComparison.Ordinal) && !first.EndsWith(CustomObject, StringComparison.Ordinal))
        {
            WriteBag(value, what, level);
        }
        else
        {
            KeptScalars.BeginTag(_writer, "object");
            WriteProperties(value, what, level, escape: false);
            WriteNames(names.TakeWhile(static name => name != CustomObject));
            _writer.WriteEndObject();
        }

        Leave();
    }

    private void WriteBag(PSObject value, string what, int level, Func<PSPropertyInfo, bool>? takes = null)
    {
        KeptScalars.BeginTag(_writer, "bag");
        WriteProperties(value, what, level, escape: false, takes);
        WriteNames(value.TypeNames.Select(static name => name.StartsWith("Deserialized.", StringComparison.Ordinal) ? name : "Deserialized." + name));
        if (TextOf(value) is { } text)
        {
            _writer.WritePropertyName("$text");
            KeptScalars.WriteText(_writer, text);
        }

        _writer.WriteEndObject();
    }

    private void WriteNames(IEnumerable<string> names)
    {
        _writer.WriteStartArray("$names");
        foreach (var name in names) _writer.WriteStringValue(name);
        _writer.WriteEndArray();
    }

    // Any other object is PowerShell's serializer's, with the outermost properties beside it for people and filters.
    private void WriteObject(object value, object wrapped, string what, int level)
    {
        var depth = Math.Max(1, ObjectDepth - level);
        var clixml = Clixml.Serialize(wrapped, depth, what);
        if (Clixml.ReachesDepth(clixml, depth)) Lose($"objects of type {value.GetType().Name} are kept to a depth of {depth}, as Export-Clixml does; what lies deeper is kept as text");
        KeptScalars.BeginTag(_writer, "clixml");
        if (value is IEnumerable or Type or Delegate)
        {
            KeptScalars.WriteText(_writer, TextOf(wrapped) ?? "");
        }
        else
        {
            _writer.WriteStartObject();
            foreach (var property in PSObject.AsPSObject(wrapped).Properties)
            {
                if (!TryGet(property, value.GetType(), out var member)) continue;
                var plain = member is PSObject { BaseObject: not PSCustomObject } box ? box.BaseObject : member;
                if (plain is PSCredential or System.Security.SecureString) throw JournalErrors.SecretRefused($"{what}: '{property.Name}'", plain.GetType().Name);
                _writer.WritePropertyName(property.Name);
                if (plain is FileSystemInfo) WriteBare(plain, plain, what, level + 1);
                else if (!KeptScalars.TryWrite(_writer, plain, what)) KeptScalars.WriteText(_writer, TextOf(member!) ?? "");
            }

            _writer.WriteEndObject();
        }

        _writer.WriteString("$clixml", clixml);
        _writer.WriteEndObject();
    }

    private void WriteProperties(PSObject value, string what, int level, bool escape, Func<PSPropertyInfo, bool>? takes = null)
    {
        var (begun, escaped) = (false, false);
        foreach (var property in value.Properties)
        {
            if (takes?.Invoke(property) == false || !TryGet(property, null, out var member)) continue;
            if (!begun)
            {
                begun = true;
                if (escaped = escape && KeptScalars.BeginsLikeTag(property.Name)) KeptScalars.BeginTag(_writer, "object");
                _writer.WriteStartObject();
            }

            WriteName(property.Name);
            // Most members are texts and numbers: no words for an error are made for them.
            if (member is string or int) KeptScalars.TryWrite(_writer, member, what);
            else WriteMember(member, property.Name, what, level);
        }

        if (!begun) _writer.WriteStartObject();
        _writer.WriteEndObject();
        if (escaped) _writer.WriteEndObject();
    }

    private void WriteMember(object? member, string name, string what, int level)
    {
        if (member is ValueType or null && KeptScalars.TryWrite(_writer, member, what)) return;
        Write(member, $"{what}: '{name}'", level + 1);
    }

    private void WriteName(string name)
    {
        if (!KeptScalars.IsUnicode(name)) throw JournalErrors.ValueNotKept("A value", $"the name '{name}' in it is no Unicode text.");
        _writer.WritePropertyName(name);
    }

    private void WriteMap(IDictionary map, string what, int level)
    {
        KeptScalars.BeginTag(_writer, map is OrderedDictionary ? "ordered" : "hashtable");
        _writer.WriteStartObject();
        List<object>? keys = null;
        if (_losses is not null && SameButForCase(map) is { } same) Lose($"two of its names differ by case alone ('{same}'): both are kept in a hashtable that tells them apart, and a filter finds the first");
        var entries = map.GetEnumerator();
        for (var n = 0; entries.MoveNext(); n++)
        {
            var key = entries.Key is PSObject boxed ? boxed.BaseObject : entries.Key;
            if (key is not string && keys is null) keys = [.. AllKeys(map)];
            var name = key as string ?? Convert.ToString(key, CultureInfo.InvariantCulture) ?? "";
            WriteName(name);
            if (entries.Value is string or int) KeptScalars.TryWrite(_writer, entries.Value, what);
            else WriteMember(entries.Value, name, what, level);
        }

        _writer.WriteEndObject();
        if (keys is not null)
        {
            _writer.WritePropertyName("$keys");
            WriteItems(keys, what, level);
        }

        _writer.WriteEndObject();
    }

    private static string? SameButForCase(IDictionary map)
    {
        if (map.Count < 2) return null;
        var seen = new HashSet<string>(map.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var key in AllKeys(map))
        {
            if (key is string name && !seen.Add(name)) return name;
        }

        return null;
    }

    private static IEnumerable<object> AllKeys(IDictionary map)
    {
        var entries = map.GetEnumerator();
        while (entries.MoveNext()) yield return entries.Key;
    }

    private void WriteItems(IEnumerable items, string what, int level)
    {
        _writer.WriteStartArray();
        foreach (var item in items) Write(item, what, level + 1);
        _writer.WriteEndArray();
    }

    private void WriteXml(XmlNode node)
    {
        KeptScalars.BeginTag(_writer, "xml");
        KeptScalars.WriteText(_writer, node is XmlAttribute or XmlDocument ? node is XmlDocument ? node.OuterXml : node.Value! : node.OuterXml);
        if (node is not XmlDocument) _writer.WriteString("$node", node.NodeType.ToString());
        if (node is XmlAttribute)
        {
            _writer.WriteString("$name", node.Name);
            _writer.WriteString("$namespace", node.NamespaceURI);
        }

        _writer.WriteEndObject();
    }

    private void WriteNoted(PSObject wrapped, object inner, List<PSPropertyInfo> notes, string what, int level)
    {
        if (inner is string line && AddedProperties.LineOf(notes) is { } path)
        {
            KeptScalars.BeginTag(_writer, "line");
            KeptScalars.WriteText(_writer, line);
            _writer.WriteString("$path", path);
            _writer.WriteNumber("$number", (long)notes.Single(static note => note.Name == "ReadCount").Value);
            _writer.WriteEndObject();
            return;
        }

        KeptScalars.BeginTag(_writer, "noted");
        WriteBare(inner, inner, what, level);
        _writer.WritePropertyName("$notes");
        _writer.WriteStartObject();
        foreach (var note in notes)
        {
            if (!TryGet(note, null, out var member)) continue;
            WriteName(note.Name);
            WriteMember(member, note.Name, what, level);
        }

        _writer.WriteEndObject();
        _writer.WriteEndObject();
    }

    private bool TryGet(PSPropertyInfo property, Type? ofType, out object? value)
    {
        value = null;
        if (!property.IsGettable) return false;
        try
        {
            value = property.Value;
            return true;
        }
        catch (Exception e) when (e is RuntimeException and not PipelineStoppedException)
        {
            // A getter that fails has no value to keep.
            var cause = e.InnerException is RuntimeException inner ? inner : e;
            Lose($"the property '{property.Name}'{(ofType is null ? "" : $" of {ofType.Name}")} could not be read and is left out: {cause.Message}");
            return false;
        }
    }

    private static string? TextOf(object value)
    {
        try
        {
            return value.ToString();
        }
#pragma warning disable CA1031 // Whatever somebody's ToString throws: then there is no text.
        catch (Exception e) when (e is not PipelineStoppedException)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private void Lose(string text) => _losses?.Add(text);

    private bool Enter(object value)
    {
        foreach (var ancestor in _ancestors)
        {
            if (!ReferenceEquals(ancestor, value)) continue;
            if (!_skipsCycles) throw new CycleException();
            _writer.WriteNullValue();
            return false;
        }

        _ancestors.Add(value);
        return true;
    }

    private void Leave() => _ancestors.RemoveAt(_ancestors.Count - 1);

    private sealed class CycleException : Exception;
}
