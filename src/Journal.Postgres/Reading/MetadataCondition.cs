using System.Globalization;
using System.Text;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>
/// Whether a task's metadata has a value. It is judged here, because names of members are found in any case and values are matched as PowerShell
/// does, which no server can.
/// </summary>
internal sealed class MetadataCondition(string path, object? wanted)
{
    public bool Holds(JsonMap metadata)
    {
        var found = JsonMember.Find(Encoding.UTF8.GetBytes(metadata.Json), path);
        return wanted switch
        {
            null => found is null,
            bool flag => found is bool value && value == flag,
            // A text may be a pattern; it is compared with what the member looks like as text, so that '2024' finds the number too.
            string text => found is not null && TextPattern.Wildcard(text).Matches(Text(found)),
            sbyte or byte or short or ushort or int or uint or long or float or double or decimal =>
                found is long or double && Convert.ToDouble(found, CultureInfo.InvariantCulture).Equals(Convert.ToDouble(wanted, CultureInfo.InvariantCulture)),
            _ => found is not null && Text(found) == Text(wanted),
        };
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
