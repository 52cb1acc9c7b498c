using System.Globalization;

namespace Journal.Storage;

/// <summary>Names for copies of a journal that lie beside it, so that none is ever written over.</summary>
public static class JournalCopies
{
    /// <summary>Where a damaged journal goes: <c>journal.db.corrupt-20261120-210532</c>, with a numeric suffix where that is taken.</summary>
    public static string PathFor(string location, DateTimeOffset now) => Free($"{location}.corrupt-{Stamp(now)}", "");

    /// <summary>Where a journal goes that a backup takes the place of: <c>journal.db.replaced-20261120-210532</c>.</summary>
    public static string ReplacedPathFor(string location, DateTimeOffset now) => Free($"{location}.replaced-{Stamp(now)}", "");

    /// <summary>The name of a backup in a folder: <c>journal-20261120-210532.db</c>, with a numeric suffix where that is taken.</summary>
    public static string BackupPathFor(string location, string folder, DateTimeOffset now) =>
        Free(Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(location)}-{Stamp(now)}"), Path.GetExtension(location));

    /// <summary>The backups of a journal in a folder, oldest first.</summary>
    public static IReadOnlyList<string> Backups(string location, string folder)
    {
        var (name, extension) = (Path.GetFileNameWithoutExtension(location), Path.GetExtension(location));
        return [.. Directory.EnumerateFiles(folder, $"{name}-*{extension}").Where(path => IsStamped(Path.GetFileNameWithoutExtension(path), name)).OrderBy(File.GetLastWriteTimeUtc)];
    }

    private static bool IsStamped(string file, string name) =>
        file.Length >= name.Length + 16 && DateTime.TryParseExact(file.AsSpan(name.Length + 1, 15), "yyyyMMdd-HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string Stamp(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    private static string Free(string path, string extension)
    {
        for (var suffix = 1; ; suffix++)
        {
            var candidate = path + (suffix == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{suffix}")) + extension;
            if (!Path.Exists(candidate)) return candidate;
        }
    }
}
