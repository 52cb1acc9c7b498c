namespace Journal.Torture.Working;

/// <summary>
/// Migrations of a module that is to come: from its point of view every journal of today is an old one. They take long enough to be killed, and
/// change what is there as well as adding to it.
/// </summary>
internal static class LaterSchemas
{
    public const long Newest = 3;

    public static SortedDictionary<long, string> Sqlite { get; } = new()
    {
        [2] = "ALTER TABLE task ADD COLUMN colour TEXT; UPDATE task SET colour = 'blue';",
        [Newest] = """
            CREATE TABLE later (no INTEGER PRIMARY KEY, key TEXT);
            INSERT INTO later (key) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT 'row ' || i FROM n;
            CREATE INDEX later_key ON later (key);
            """,
    };

    public static SortedDictionary<long, string> Postgres { get; } = new()
    {
        [2] = "ALTER TABLE task ADD COLUMN colour text; UPDATE task SET colour = 'blue';",
        [Newest] = """
            CREATE TABLE later (no bigint PRIMARY KEY, key text);
            INSERT INTO later SELECT i, 'row ' || i FROM generate_series(1, 200000) i;
            CREATE INDEX later_key ON later (key);
            """,
    };
}
