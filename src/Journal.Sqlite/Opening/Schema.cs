using System.Globalization;
using System.Reflection;
using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Opening;

/// <summary>The schema as numbered migrations (Migrations/0001_….sql), embedded in the assembly; a file is told by its header.</summary>
internal static class Schema
{
    /// <summary>"Jrnl": marks a SQLite file as a journal.</summary>
    public const int ApplicationId = 0x4A726E6C;

    /// <summary>This assembly's own migrations, the oldest first.</summary>
    public static SortedDictionary<long, string> Migrations { get; } = Load();

    /// <summary>The newest schema this assembly knows.</summary>
    public static long Newest { get; } = Migrations.Keys.Last();

    public static long VersionOf(Database database) => database.Number("PRAGMA user_version");

    /// <summary>Whether the file is one of ours.</summary>
    public static bool IsJournal(Database database) => database.Number("PRAGMA application_id") == ApplicationId;

    /// <summary>Whether nothing was ever put into the file.</summary>
    public static bool IsBlank(Database database) =>
        database.Number("PRAGMA application_id") == 0 && database.Number("PRAGMA user_version") == 0 && database.Number("SELECT COUNT(*) FROM sqlite_master") == 0;

    /// <summary>Applies what is missing, in one transaction. Another process may have done it meanwhile.</summary>
    /// <param name="database">The journal, in which no transaction is open.</param>
    /// <param name="migrations">All migrations, the oldest first.</param>
    /// <param name="before">
    /// Called with the old version when nobody else can migrate any more, and nothing has changed yet: what it keeps of the journal is the old one.
    /// It reads through a connection of its own.
    /// </param>
    public static void Migrate(Database database, IReadOnlyCollection<KeyValuePair<long, string>> migrations, Action<long>? before = null)
    {
        database.BeginWrite();
        try
        {
            var version = VersionOf(database);
            if (version < migrations.Last().Key) before?.Invoke(version);
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
