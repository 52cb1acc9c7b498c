using System.Globalization;
using Journal.Formats;
using Journal.Sqlite.Engine;

namespace Journal.Sqlite;

/// <summary>Reads tables of other programs' SQLite files: opened for reading, by names and rows alone, so that neither a view nor a trigger of the file ever runs.</summary>
public sealed class SqliteTables : ITableFormat
{
    // A file of another program may be locked while that one writes.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    // More than any of these programs writes; a file that was made to fill the memory ends here.
    private const int MostRows = 5_000_000;

    private const int HeaderLength = 20;
    private const int ReadVersionAt = 19;
    private const byte WriteAheadLog = 2;

    /// <inheritdoc/>
    public Node Read(string path, IReadOnlyList<string> tables)
    {
        string? place = null;
        try
        {
            using var database = Database.Open(path, ModeFor(path), LockTimeout);
            // Nothing that the schema of the file names (a function in an index or a generated column) may do more than compute.
            database.Execute("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON");
            var found = Tables(database, tables);
            RefuseOtherEncodings(database);
            var members = new List<KeyValuePair<string, Node>>(found.Count);
            var row = 0;
            foreach (var table in found)
            {
                place = $"table '{table}'";
                members.Add(new(table, Node.List(Rows(database, table, ref row, ref place))));
            }

            return Node.Map(members);
        }
        catch (JournalException e)
        {
            // Its words are about journals; what SQLite said is in the inner exception.
            throw new TableFileException(place, "This is not a SQLite file that can be read: " + (e.InnerException ?? e).Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TableFileException(null, e.Message, e);
        }
    }

    // A log that waits to be merged needs SQLite's side files to be read; without one, a file in that mode is read without making any.
    private static OpenMode ModeFor(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> head = stackalloc byte[HeaderLength];
        var usesLog = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head[ReadVersionAt] == WriteAheadLog;
        return usesLog && new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 } ? OpenMode.Immutable : OpenMode.ReadOnly;
    }

    private static List<string> Tables(Database database, IReadOnlyList<string> wanted)
    {
        using var statement = database.Prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name");
        var found = new List<string>();
        while (statement.Step())
        {
            if (statement.Text(0) is { } name && wanted.Contains(name, StringComparer.OrdinalIgnoreCase)) found.Add(name);
        }

        return found;
    }

    private static void RefuseOtherEncodings(Database database)
    {
        using var statement = database.Prepare("PRAGMA encoding");
        if (statement.Step() && statement.Text(0) is { } encoding and not "UTF-8") throw new TableFileException(null, $"Its text is {encoding}; only UTF-8 is read. Dump it, and load the dump into a new file.");
    }

    private static List<Node> Rows(Database database, string table, ref int row, ref string? place)
    {
        // Without generated columns: they are computed by what the file says.
        var columns = new List<string>();
        using (var info = database.Prepare($"PRAGMA table_info({Quote(table)})"))
        {
            while (info.Step()) columns.Add(info.Text(1) ?? "");
        }

        var rows = new List<Node>();
        if (columns.Count == 0) return rows;
        using var statement = database.Prepare($"SELECT {string.Join(", ", columns.Select(Quote))} FROM {Quote(table)}");
        while (statement.Step())
        {
            row++;
            place = string.Create(CultureInfo.InvariantCulture, $"table '{table}', row {rows.Count + 1}");
            if (row > MostRows) throw new TableFileException(place, $"There are more than {MostRows} rows.");
            var members = new List<KeyValuePair<string, Node>>(columns.Count);
            for (var i = 0; i < columns.Count; i++)
            {
                if (NodeOf(statement.Value(i), row) is { } value) members.Add(new(columns[i], value));
            }

            rows.Add(Node.Map(members, row));
        }

        return rows;
    }

    private static Node? NodeOf(object? value, int row) => value switch
    {
        null => null,
        long number => Node.Number(number.ToString(CultureInfo.InvariantCulture), row),
        double number when double.IsFinite(number) => Node.Number(number.ToString("R", CultureInfo.InvariantCulture), row),
        _ => Node.Of(Convert.ToString(value, CultureInfo.InvariantCulture), row),
    };

    // SQLite's own way: a double quote inside is doubled.
    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
