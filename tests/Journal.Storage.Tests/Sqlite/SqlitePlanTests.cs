using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>
/// What is done at every claim goes by the index made for it: a claim that scans costs nothing among ten tasks and a second among a million.
/// </summary>
public sealed class SqlitePlanTests : StoreTest<SqliteFixture>
{
    [Theory]
    [InlineData(TaskStatements.Ready, "task_ready")]
    [InlineData(TaskStatements.ReadyInStage, "task_ready")]
    [InlineData(TaskStatements.PromoteDue, "task_waiting")]
    [InlineData(TaskStatements.NextDue, "task_waiting")]
    [InlineData(TaskStatements.Renew, "task_in_progress")]
    [InlineData(TaskStatements.IdOfKey, "sqlite_autoindex_task_1")]
    [InlineData(TaskStatements.FirstKeyFrom, "sqlite_autoindex_task_1")]
    [InlineData(TaskStatements.OtherWithTarget, "task_target")]
    [InlineData(PaceStatements.InProgress, "task_of_key")]
    [InlineData(PaceStatements.PutBack, "task_of_key")]
    [InlineData("SELECT id FROM task WHERE (target_id = 'x') AND (batch = 1) ORDER BY id", "task_target")]
    [InlineData(TaskStatements.Claim, "INTEGER PRIMARY KEY")]
    [InlineData(TaskStatements.ById, "INTEGER PRIMARY KEY")]
    [InlineData("SELECT id FROM task INDEXED BY task_failed_in_order WHERE (status = 3) AND (batch = 1) ORDER BY id LIMIT 20 OFFSET 0", "task_failed_in_order")]
    [InlineData("SELECT id FROM task INDEXED BY task_failed_in_order WHERE (status = 3) AND (batch = 1) ORDER BY id DESC LIMIT 20 OFFSET 0", "task_failed_in_order")]
    [InlineData(BatchStatements.StandingById, "sqlite_autoindex_batch_1")]
    [InlineData("SELECT id FROM event WHERE task = 5 AND batch = 1 ORDER BY id", "event_task")]
    [InlineData("SELECT id FROM event WHERE id BETWEEN 1 AND 9 AND batch = 1 ORDER BY id", "INTEGER PRIMARY KEY")]
    [InlineData("SELECT task FROM attempt WHERE task BETWEEN 1 AND 9 AND batch = 1 ORDER BY task, number", "PRIMARY KEY")]
    public void It_goes_by_its_index_and_sorts_nothing(string sql, string index)
    {
        Batch("a");
        using var database = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second);
        using var plan = database.Prepare("EXPLAIN QUERY PLAN " + sql);
        var lines = new List<string>();
        while (plan.Step()) lines.Add(plan.Text(3)!);

        Assert.Contains(index, Assert.Single(lines), StringComparison.Ordinal);
        Assert.StartsWith("SEARCH", lines[0], StringComparison.Ordinal);
    }
}
