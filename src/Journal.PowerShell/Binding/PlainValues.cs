using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;

namespace Journal.Commands.Binding;

/// <summary>
/// PowerShell values as plain ones that JSON holds: text, numbers, booleans, dictionaries and lists. Data (dictionaries, lists,
/// PSCustomObjects) is followed to the depth that <see cref="JsonValues"/> writes; other objects, whose properties may lead anywhere, are
/// opened twice and then become text.
/// </summary>
internal static class PlainValues
{
    private const int OpaqueDepth = 2;

    /// <summary>The plain form of a value.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="what">What the value is, for an error.</param>
    /// <exception cref="JournalException">SecretRefused.</exception>
    public static object? From(object? value, string what) => From(value, what, depth: 0, opened: 0);

    /// <summary>The plain form of a dictionary given by the user.</summary>
    /// <param name="map">A hashtable or ordered dictionary, or null.</param>
    /// <param name="parameter">The parameter it was given to.</param>
    /// <exception cref="JournalException">SecretRefused.</exception>
    public static JsonMap ToMap(IDictionary? map, string parameter) =>
        map is null ? JsonMap.Empty : JsonMap.From((Dictionary<string, object?>)From(map, parameter)!);

    private static object? From(object? value, string what, int depth, int opened)
    {
        var inner = ValueSelector.Unwrap(value);
        switch (inner)
        {
            case null or string or bool or int or long or double or decimal or float or byte or sbyte or short or ushort or uint or ulong:
            case DateTime or DateTimeOffset or JsonMap or JsonList:
                return inner;
            case SecureString or PSCredential or NetworkCredential:
                throw JournalErrors.SecretRefused(what, inner.GetType().Name);
            case FileSystemInfo file:
                return file.FullName;
            case Uri uri:
                return uri.OriginalString;
            case TaskInput input:
                return input.Kind is TaskInputKind.Json ? JsonValues.ParseStored(input.Text) : input.Text;
            case (IFormattable and not PSObject) or char or Version or Type or Delegate or ScriptBlock:
                return inner.ToString();
        }

        if (depth >= JsonValues.MaxDepth) return inner.ToString();
        return inner switch
        {
            IDictionary map => FromMap(map, what, depth, opened),
            IEnumerable items => FromItems(items, what, depth, opened),
            PSObject => FromProperties(inner, what, depth, opened),
            _ => opened >= OpaqueDepth ? inner.ToString() : FromProperties(value!, what, depth, opened + 1),
        };
    }

    private static Dictionary<string, object?> FromMap(IDictionary map, string what, int depth, int opened)
    {
        var plain = new Dictionary<string, object?>(map.Count, StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map)
        {
            var name = entry.Key.ToString() ?? "";
            plain[name] = From(entry.Value, $"{what}: '{name}'", depth + 1, opened);
        }

        return plain;
    }

    private static List<object?> FromItems(IEnumerable items, string what, int depth, int opened)
    {
        var plain = new List<object?>();
        foreach (var item in items) plain.Add(From(item, what, depth + 1, opened));
        return plain;
    }

    private static Dictionary<string, object?> FromProperties(object value, string what, int depth, int opened)
    {
        var plain = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in PSObject.AsPSObject(value).Properties)
        {
            if (!property.IsGettable) continue;
            object? member;
            try
            {
                member = property.Value;
            }
            catch (GetValueException)
            {
                // A getter that fails (an exited process' handle) has no value to keep.
                continue;
            }

            plain[property.Name] = From(member, $"{what}: '{property.Name}'", depth + 1, opened);
        }

        return plain;
    }
}
