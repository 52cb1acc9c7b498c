using System.Globalization;
using System.Text.RegularExpressions;
using Journal.Hosting;

namespace Journal.Torture.Working;

/// <summary>Which file a journal is that this process has open, as the system tells it, whatever its name means by now.</summary>
internal static partial class OpenFile
{
    /// <summary>Its device and its number; null when none is open, or more than one.</summary>
    public static string? Identity()
    {
        if (!OperatingSystem.IsLinux()) return "-";
        var found = new HashSet<string>();
        foreach (var handle in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            if (new FileInfo(handle).LinkTarget is { } target && Names().IsMatch(target) && Of(handle) is { } identity) found.Add(identity);
        }

        return found.Count == 1 ? found.Single() : null;
    }

    /// <summary>That of the file under a name; null when there is none.</summary>
    public static string? Of(string path) =>
        SystemCalls.Facts(path)?.Identity is { } identity ? string.Create(CultureInfo.InvariantCulture, $"{identity.Device}:{identity.Number}") : null;

    // A journal keeps its file when it is set aside or moved; what lies beside it is another one's.
    [GeneratedRegex(@"/journal\.db(\.(repaired|restored)-\d+(\.new)?)?( \(deleted\))?$")]
    private static partial Regex Names();
}
