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
    public static SortedDictionary<long, string> Migrations { get; } = MigrationScripts.In(Assembly.GetExecutingAssembly());

    private static readonly Lazy<Dictionary<(string Type, string Name), string?>> Expected = new(Make);

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

    /// <summary>In what the tables and indexes of a file are not those that the migrations make, a line each; also triggers that are not ours, which would write what nobody asked for.</summary>
    public static IEnumerable<string> Differences(Database database)
    {
        var expected = Expected.Value;
        var there = Objects(database);
        foreach (var (name, sql) in expected)
        {
            if (!there.TryGetValue(name, out var found)) yield return $"The {name.Type} {name.Name} is missing.";
            // A build from a checkout with other line ends made journals with them.
            else if (found?.ReplaceLineEndings("\n") != sql) yield return $"The {name.Type} {name.Name} is not as it was made.";
        }

        foreach (var (name, _) in there)
        {
            if (name.Type == "trigger") yield return $"The trigger {name.Name} is not the journal's.";
        }
    }

    private static Dictionary<(string Type, string Name), string?> Objects(Database database)
    {
        var objects = new Dictionary<(string Type, string Name), string?>();
        // SQLite's own: what it keeps for itself, and what ANALYZE notes.
        using var rows = database.Prepare("SELECT type, name, sql FROM sqlite_master WHERE substr(name, 1, 7) <> 'sqlite_'");
        while (rows.Step()) objects[(rows.Text(0) ?? "", rows.Text(1) ?? "")] = rows.Text(2);
        return objects;
    }

    private static Dictionary<(string Type, string Name), string?> Make()
    {
        using var database = Database.Open(":memory:", OpenMode.ReadWrite, TimeSpan.Zero);
        Migrate(database, Migrations);
        return Objects(database);
    }
}
