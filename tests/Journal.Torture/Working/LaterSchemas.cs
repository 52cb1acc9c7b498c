using FileSchema = Journal.Sqlite.Opening.Schema;
using ServerSchema = Journal.Postgres.Opening.Schema;

namespace Journal.Torture.Working;

/// <summary>
/// Migrations of a module that is to come, two beyond this one's own: from its point of view every journal of today is an old one. They take long
/// enough to be killed, and change what is there as well as adding to it.
/// </summary>
internal static class LaterSchemas
{
    public static SortedDictionary<long, string> Sqlite { get; } = new()
    {
        [FileSchema.Newest + 1] = "ALTER TABLE task ADD COLUMN colour TEXT; UPDATE task SET colour = 'blue';",
        [FileSchema.Newest + 2] = """
            CREATE TABLE later (no INTEGER PRIMARY KEY, key TEXT);
            INSERT INTO later (key) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT 'row ' || i FROM n;
            CREATE INDEX later_key ON later (key);
            """,
    };

    public static SortedDictionary<long, string> Postgres { get; } = new()
    {
        [ServerSchema.Newest + 1] = "ALTER TABLE task ADD COLUMN colour text; UPDATE task SET colour = 'blue';",
        [ServerSchema.Newest + 2] = """
            CREATE TABLE later (no bigint PRIMARY KEY, key text);
            INSERT INTO later SELECT i, 'row ' || i FROM generate_series(1, 200000) i;
            CREATE INDEX later_key ON later (key);
            """,
    };
}
