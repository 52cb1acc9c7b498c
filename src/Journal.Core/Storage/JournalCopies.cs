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

    /// <summary>The backups of one journal in a folder, oldest first: another one may have its name.</summary>
    /// <param name="factory">Knows a journal by the id that its backups share; see <see cref="IJournalStoreFactory.Identify"/>.</param>
    /// <param name="known">The journal itself, or one of its backups.</param>
    /// <param name="location">The journal's full path.</param>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> OwnBackups(IJournalStoreFactory factory, string known, string location, string folder) =>
        factory.Identify(known) is { } id ? [.. Backups(location, folder).Where(path => factory.Identify(path) == id)] : [];

    /// <summary>How long it is until the next backup is due.</summary>
    /// <param name="newest">The newest one.</param>
    /// <param name="every">How old it may become.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where it is due: also where a clock that was ahead made the newest, which says nothing then.</returns>
    public static TimeSpan? DueIn(string newest, TimeSpan every, DateTimeOffset now) =>
        now.UtcDateTime - File.GetLastWriteTimeUtc(newest) is var age && age >= TimeSpan.Zero && age < every ? every - age : null;

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
