using System.Text;
using System.Text.Json;
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
        var reader = new Utf8JsonReader(json);
        if (json.IsEmpty || !reader.Read() || !Descend(ref reader, path))
        {
            raw.sqlite3_result_null(context);
            return;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.String: raw.sqlite3_result_text(context, reader.GetString()); break;
            case JsonTokenType.True: raw.sqlite3_result_blob(context, Boolean(true)); break;
            case JsonTokenType.False: raw.sqlite3_result_blob(context, Boolean(false)); break;
            case JsonTokenType.Number when reader.TryGetInt64(out var whole): raw.sqlite3_result_int64(context, whole); break;
            case JsonTokenType.Number: raw.sqlite3_result_double(context, reader.GetDouble()); break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                raw.sqlite3_result_text(context, Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]));
                break;
            default: raw.sqlite3_result_null(context); break;
        }
    }

    // A member's whole name wins over a dot that goes a level down: metadata may have names with dots.
    private static bool Descend(ref Utf8JsonReader reader, string path)
    {
        var whole = reader;
        if (Enter(ref whole, path))
        {
            reader = whole;
            return true;
        }

        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            var nested = reader;
            if (Enter(ref nested, path[..dot]) && Descend(ref nested, path[(dot + 1)..]))
            {
                reader = nested;
                return true;
            }
        }

        return false;
    }

    private static bool Enter(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name) || string.Equals(reader.GetString(), name, StringComparison.OrdinalIgnoreCase);
            reader.Read();
            if (found) return true;
            reader.Skip();
        }

        return false;
    }
}
