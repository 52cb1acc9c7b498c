using System.Text;
using Journal.Storage;
using SQLitePCL;

namespace Journal.Sqlite.Engine;

/// <summary>What SQL cannot say itself: patterns as PowerShell knows them, and members of JSON objects by names in any case.</summary>
internal static class SqlFunctions
{
    /// <summary><c>journal_match(pattern, text)</c>: whether a text matches a wildcard pattern.</summary>
    public const string Match = "journal_match";

    /// <summary><c>journal_member(json, path)</c>: the scalar at a dotted path; an object or array as its JSON; NULL where there is none.</summary>
    public const string Member = "journal_member";

    /// <summary>True and false, as a type of their own that SQLite compares and groups: a blob of one byte.</summary>
    public static byte[] Boolean(bool value) => value ? [1] : [0];

    /// <summary>What <see cref="Boolean"/> made a blob of.</summary>
    public static bool IsTrue(ReadOnlySpan<byte> blob) => blob[0] != 0;

    public static void Install(Database database)
    {
        // A query has few patterns and many rows; a connection serves one query at a time.
        var patterns = new Dictionary<string, TextPattern>(StringComparer.Ordinal);
        database.Define(Match, 2, Guarded((context, _, arguments) =>
        {
            if (raw.sqlite3_value_type(arguments[1]) == raw.SQLITE_NULL)
            {
                raw.sqlite3_result_int(context, 0);
                return;
            }

            var pattern = TextOf(arguments[0]);
            if (!patterns.TryGetValue(pattern, out var compiled)) patterns.Add(pattern, compiled = TextPattern.Wildcard(pattern));
            raw.sqlite3_result_int(context, compiled.Matches(TextOf(arguments[1])) ? 1 : 0);
        }));
        database.Define(Member, 2, Guarded(static (context, _, arguments) => FindMember(context, raw.sqlite3_value_blob(arguments[0]), TextOf(arguments[1]))));
    }

    // SQLite calls these from native code, through which no exception can pass: one that got there would end the process.
    private static delegate_function_scalar Guarded(delegate_function_scalar function) => (context, data, arguments) =>
    {
        try
        {
            function(context, data, arguments);
        }
#pragma warning disable CA1031 // It becomes the statement's error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            raw.sqlite3_result_error(context, e.Message);
        }
    };

    private static string TextOf(sqlite3_value value)
    {
        var bytes = raw.sqlite3_value_blob(value);
        return bytes.IsEmpty ? "" : Encoding.UTF8.GetString(bytes);
    }

    private static void FindMember(sqlite3_context context, ReadOnlySpan<byte> json, string path)
    {
        switch (JsonMember.Find(json, path))
        {
            case string text: raw.sqlite3_result_text(context, text); break;
            case bool flag: raw.sqlite3_result_blob(context, Boolean(flag)); break;
            case long whole: raw.sqlite3_result_int64(context, whole); break;
            case double number: raw.sqlite3_result_double(context, number); break;
            default: raw.sqlite3_result_null(context); break;
        }
    }
}
