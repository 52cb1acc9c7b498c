using Journal.Sqlite.Engine;
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
