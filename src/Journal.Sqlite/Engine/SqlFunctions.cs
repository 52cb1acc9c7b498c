using System.Text;
using Journal.Storage;

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

    // What they are given comes as bytes: as text it would end at the first NUL. What they throw becomes the statement's error.
    public static void Install(Database database)
    {
        // A query has few patterns and many rows; a connection serves one query at a time.
        var patterns = new Dictionary<string, TextPattern>(StringComparer.Ordinal);
        database.Define<byte[], byte[]?, bool>(Match, (pattern, text) =>
        {
            if (text is null) return false;
            var key = Encoding.UTF8.GetString(pattern);
            if (!patterns.TryGetValue(key, out var compiled)) patterns.Add(key, compiled = TextPattern.Wildcard(key));
            return compiled.Matches(Encoding.UTF8.GetString(text));
        });
        database.Define<byte[]?, string, object?>(Member, static (json, path) => JsonMember.Find(json, path) is var value && value is bool flag ? Boolean(flag) : value);
    }
}
