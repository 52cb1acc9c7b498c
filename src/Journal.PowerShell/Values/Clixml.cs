using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;

namespace Journal.Commands.Values;

/// <summary>PowerShell's own serialization, for what is not plain data.</summary>
internal static partial class Clixml
{
    private const string Head = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\">";

    /// <summary>An object's CLIXML, without the white space between its elements.</summary>
    /// <exception cref="JournalException">SecretRefused.</exception>
    public static string Serialize(object value, int depth, string what)
    {
        // Inside of texts the serializer writes a line feed as _x000A_.
        var xml = Indent().Replace(PSSerializer.Serialize(value, depth), "");
        if (Secret().Match(xml) is { Success: true } secret)
        {
            throw JournalErrors.SecretRefused(secret.Groups["name"] is { Success: true } name ? $"{what}: '{name.Value}'" : what, secret.Value.StartsWith("<SS", StringComparison.Ordinal) ? "SecureString" : nameof(PSCredential));
        }

        return xml;
    }

    /// <summary>The object of a CLIXML text.</summary>
    public static object? Deserialize(string clixml) => PSSerializer.Deserialize(clixml);

    /// <summary>Whether objects nest so deep that what lies deeper was made text.</summary>
    public static bool ReachesDepth(string clixml, int depth)
    {
        var open = 0;
        for (var at = clixml.IndexOf('<', StringComparison.Ordinal); at >= 0; at = clixml.IndexOf('<', at + 1))
        {
            var rest = clixml.AsSpan(at);
            if (rest.StartsWith("<Obj ")) open++;
            else if (rest.StartsWith("</Obj>")) open--;
            if (open >= depth) return true;
        }

        return false;
    }

    /// <summary>An object without properties, with type names and a text: what a deserialized object is beside its properties.</summary>
    public static PSObject Bag(IEnumerable<string> names, string? text)
    {
        var xml = new StringBuilder(Head).Append("<TN RefId=\"0\">");
        foreach (var name in names) Append(xml.Append("<T>"), name).Append("</T>");
        xml.Append("</TN>");
        if (text is not null) Append(xml.Append("<ToString>"), text).Append("</ToString>");
        return PSObject.AsPSObject(PSSerializer.Deserialize(xml.Append("</Obj></Objs>").ToString()));
    }

    private static StringBuilder Append(StringBuilder xml, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character is '<' or '>' or '&' or < ' ' or (>= '\u007F' and <= '\u009F') or (>= '\uD800' and <= '\uDFFF') or >= '\uFFFE' || character == '_' && i + 1 < text.Length && text[i + 1] is 'x' or 'X') xml.Append($"_x{(int)character:X4}_");
            else xml.Append(character);
        }

        return xml;
    }

    [GeneratedRegex(@"\r?\n\s*")]
    private static partial Regex Indent();

    [GeneratedRegex("""<SS( N="(?<name>[^"]*)")?>|<T>(Deserialized\.)?System\.Management\.Automation\.PSCredential</T>""")]
    private static partial Regex Secret();
}
