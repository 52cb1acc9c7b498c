using System.Globalization;
using System.Reflection;
using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Opening;

/// <summary>The schema as numbered migrations (Migrations/0001_….sql), embedded in the assembly; a file is told by its header.</summary>
internal static class Schema
{
    /// <summary>"Jrnl": marks a SQLite file as a journal.</summary>
    public const int ApplicationId = 0x4A726E6C;

    private static readonly SortedDictionary<long, string> Migrations = Load();

    /// <summary>The newest schema this assembly knows.</summary>
    public static long Newest { get; } = Migrations.Keys.Last();

    public static long VersionOf(Database database) => database.Number("PRAGMA user_version");

    /// <summary>Whether the file is one of ours.</summary>
    public static bool IsJournal(Database database) => database.Number("PRAGMA application_id") == ApplicationId;

    /// <summary>Whether nothing was ever put into the file.</summary>
    public static bool IsBlank(Database database) =>
        database.Number("PRAGMA application_id") == 0 && database.Number("PRAGMA user_version") == 0 && database.Number("SELECT COUNT(*) FROM sqlite_master") == 0;

    /// <summary>Applies what is missing, in one transaction. Another process may have done it meanwhile.</summary>
    public static void Migrate(Database database) => Migrate(database, Migrations);

    /// <summary>The same with other migrations than this assembly's own.</summary>
    public static void Migrate(Database database, IEnumerable<KeyValuePair<long, string>> migrations)
    {
        database.BeginWrite();
        try
        {
            var version = VersionOf(database);
            foreach (var (number, script) in migrations)
            {
                if (number <= version) continue;
                database.Execute(script);
                database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {number};"));
            }

            database.Commit();
        }
        catch
        {
            database.RollBack();
            throw;
        }
    }

    private static SortedDictionary<long, string> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var scripts = new SortedDictionary<long, string>();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.EndsWith(".sql", StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            scripts.Add(long.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), reader.ReadToEnd());
        }

        return scripts;
    }
}
