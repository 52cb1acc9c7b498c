using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Xml;

namespace Journal.Commands.Values;

/// <summary>Properties that somebody added (Add-Member, Get-Content) to a text, a number, a file or another object that is itself when it comes back.</summary>
internal static class AddedProperties
{
    // PowerShell's own question, which it does not publish: to list the properties of a text takes longer than to keep it in the journal. A PowerShell that has
    // it no more is asked for the list.
    private static readonly MethodInvoker? s_hasInstanceMembers =
        typeof(PSObject).GetMethod("HasInstanceMembers", BindingFlags.Static | BindingFlags.NonPublic) is { ReturnType: var type } method && type == typeof(bool) && method.GetParameters().Length == 2
            ? MethodInvoker.Create(method) : null;

    /// <summary>Whether PowerShell finds what was added to an object again without its wrapper.</summary>
    public static bool AreKeptBeside(object? bare) => bare is Uri or Version or FileSystemInfo or IDictionary or IList or XmlNode;

    /// <summary>Whether there are any.</summary>
    public static bool AreOn(PSObject value) => Of(value, value.BaseObject) is not null;

    /// <summary>The file of a line of Get-Content; null where the text is none. Every such line has six properties, of which the file and the number are all that is new.</summary>
    public static string? LineOf(List<PSPropertyInfo> notes)
    {
        string? path = null;
        var counted = false;
        foreach (var note in notes)
        {
            switch (note.Name)
            {
                case "PSPath" when note.Value is string text && text.StartsWith(ValueReader.FileSystem, StringComparison.Ordinal): path = text[ValueReader.FileSystem.Length..]; break;
                case "ReadCount" when note.Value is long: counted = true; break;
                case "PSParentPath" or "PSChildName": break;
                default: return null;
            }
        }

        return counted ? path : null;
    }

    /// <summary>What somebody added to an object that is more than its properties; null where that is nothing. What providers add to files of themselves is found again from the path.</summary>
    public static List<PSPropertyInfo>? Of(PSObject wrapped, object inner)
    {
        // Objects of .NET go whole to the serializer, which sees to what was added.
        if (inner is not (string or ValueType) && !AreKeptBeside(inner)) return null;
        if (s_hasInstanceMembers?.Invoke(null, wrapped, null) is false) return null;
        List<PSPropertyInfo>? notes = null;
        foreach (var property in wrapped.Properties)
        {
            if (!property.IsInstance || !property.IsGettable || property.MemberType is PSMemberTypes.Property) continue;
            if (property.Name is "PSDrive" or "PSProvider" or "UnixStat") continue;
            if (inner is FileSystemInfo && property.Name is "PSPath" or "PSParentPath" or "PSChildName" or "PSIsContainer") continue;
            (notes ??= []).Add(property);
        }

        return notes;
    }
}
