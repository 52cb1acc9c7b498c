using System.Globalization;
using System.Reflection;

namespace Journal.Storage.Shared;

/// <summary>A store's schema as numbered scripts (<c>0001_initial.sql</c>), embedded in its assembly.</summary>
public static class MigrationScripts
{
    /// <summary>
    /// The scripts by their numbers, the oldest first, with \n at the ends of lines: the text stands in each journal, and is compared.
    /// </summary>
    public static SortedDictionary<long, string> In(Assembly assembly)
    {
        var scripts = new SortedDictionary<long, string>();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.EndsWith(".sql", StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            scripts.Add(long.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), reader.ReadToEnd().ReplaceLineEndings("\n"));
        }

        return scripts;
    }
}
