using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>Damage that a file shows only to those who use it: SQLite's own check calls it sound.</summary>
public sealed class SqliteHealthTests : StoreTest<SqliteFixture>
{
    [Theory]
    [InlineData("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'error_category', 'error_categorz') WHERE name = 'attempt'", "table attempt")]
    [InlineData("DROP INDEX task_ready", "index task_ready")]
    [InlineData("CREATE TRIGGER other AFTER UPDATE ON task BEGIN DELETE FROM event; END", "trigger other")]
    public void A_schema_that_is_not_the_journals_is_a_problem(string harm, string named)
    {
        Batch("a", "b");
        Assert.Empty(Store.Check());
        using (var database = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second)) database.Execute(harm);
        Assert.Contains(named, Assert.Single(Store.Check()));
    }

    public static TheoryData<string, string, string> Columns()
    {
        var columns = new TheoryData<string, string, string>();
        using var database = Database.Open(":memory:", OpenMode.ReadWrite, TimeSpan.Zero);
        Schema.Migrate(database, Schema.Migrations);
        using var rows = database.Prepare("SELECT t.name, c.name, c.type, c.pk FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid");
        // A number becomes text in a column of text, and is one in a column of fractions; the key of a row is always a whole number.
        while (rows.Step())
        {
            if (rows.Text(2) == "INTEGER") columns.Add(rows.Text(0)!, rows.Text(1)!, "-9000000000000000000");
            if (rows.Text(2) != "INTEGER" || rows.Integer(3) == 0) columns.Add(rows.Text(0)!, rows.Text(1)!, "x'ff00'");
        }

        return columns;
    }

    // Each column that there is and that will be: what a scrambled sector leaves is seen before anybody reads it, and a repair leaves none of it.
    [Theory]
    [MemberData(nameof(Columns))]
    public void A_value_that_no_journal_writes_is_a_problem_and_a_repair_leaves_none(string table, string column, string wild)
    {
        var batch = Store.CreateBatch(new NewBatch("x") { Metadata = JsonMap.Parse("""{"a":1}""") });
        Store.AddTasks(batch.Id, [.. Enumerable.Range(1, 4).Select(static n => New($"{n}"))]);
        foreach (var task in Claim(batch, 2)) Make(task.Id == 1 ? Complete(task, new TaskReport { Quota = 1, Outputs = ["o"], Result = "1", TargetId = "t" }) : Fail(task));
        var held = ClaimOne(batch);
        Store.AddTempFile(held.Id, "/tmp/x");
        Store.SetCheckpoint(null, "c", "1");
        Sql("INSERT OR IGNORE INTO result (task, stage, json) VALUES (1, 0, '1')");
        Sql("INSERT INTO pace VALUES (1, 'a.example', 1, 1, 1, '429', 1)");
        Assert.Empty(Store.Check());
        Store.Dispose();
        var path = Path.Combine(Fixture.Directory, $"{table}-{column}.db");
        File.Copy(Fixture.Location, path);
        using (var database = Database.Open(path, OpenMode.ReadWrite, Second))
        {
            database.Execute($"PRAGMA ignore_check_constraints = ON; UPDATE {table} SET {column} = {wild} WHERE {column} IN (SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1)");
            // A column that holds nothing here is given something.
            if (database.Changes == 0) database.Execute($"UPDATE {table} SET {column} = {wild} WHERE {(table == "attempt" ? "task" : table is "event" or "task" ? "id" : "1")} = 1");
        }

        var options = new StoreOptions(path, StoreAccess.Write) { Time = Fixture.Time };
        using (var damaged = Fixture.Engine.Open(options)) Assert.NotEmpty(damaged.Check());
        Fixture.Engine.Repair(options, path + ".aside");
        using var repaired = Fixture.Engine.Open(options);
        Assert.Empty(repaired.Check());
        Read(repaired);
    }

    private static void Read(IJournalStore store)
    {
        foreach (var batch in store.ReadBatches(new BatchQuery()).ToList()) _ = (batch.Settings, batch.Metadata, batch.Options, batch.Stages, store.ReadFigures(batch.Id));
        foreach (var task in store.ReadTasks(TaskQuery.All).ToList()) _ = (task.Outputs, task.Metadata, task.Input, task.ToString());
        _ = store.ReadAttempts(new AttemptQuery()).Count() + store.ReadEvents(new EventQuery()).Count() + store.ReadInFlight(null).Count + store.Describe().Workers.Count;
    }

    private void Sql(string sql)
    {
        using var database = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second);
        database.Execute(sql);
    }

    [Theory]
    [InlineData("/data/a b.db", "file:/data/a%20b.db?immutable=1")]
    [InlineData(@"C:\data\journal.db", "file:C%3A/data/journal.db?immutable=1")]
    [InlineData(@"\\server\share\journal.db", "file:////server/share/journal.db?immutable=1")]
    public void A_file_on_a_share_is_no_name_of_a_server(string path, string name) => Assert.Equal(name, Database.ImmutableName(path));

    [Fact]
    public void A_journal_of_a_build_with_other_line_ends_is_sound()
    {
        Batch("a");
        using (var database = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second))
        {
            database.Execute("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, char(10), char(13, 10))");
        }

        Assert.Empty(Store.Check());
    }

    [Fact]
    public void A_row_that_claims_to_be_larger_than_any_can_be_is_damage_and_not_a_failure_to_write()
    {
        Batch("a");
        using var database = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second);
        Fails("JournalCorrupt", () => database.Number("SELECT length(zeroblob(2000000000))"));
    }
}
