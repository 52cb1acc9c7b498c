using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Postgres;

/// <summary>What contradicts itself in a journal on a server is told, whoever wrote it.</summary>
public sealed class PostgresHealthTests : StoreTest<PostgresFixture>
{
    [Theory]
    [InlineData("UPDATE batch SET completed = completed + 1", "counts")]
    [InlineData("UPDATE task SET stage = 3", "waits for stage 3")]
    [InlineData("UPDATE task SET token = 0 WHERE status = 2", "was claimed 0 times")]
    [InlineData("UPDATE event SET to_status = 3 WHERE kind >= 20", "its last move went to 3")]
    [InlineData("UPDATE quota SET consumed = consumed + 1", "quota of 2, its tasks 2 and its projects 3")]
    [InlineData("UPDATE task SET quota = quota + 1", "its tasks")]
    public void A_contradiction_is_told(string harm, string told)
    {
        var batch = Batch("a", "b");
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 2, QuotaProject = "p" }));
        IsSound();

        PostgresServer.Shared.Sql($"SET search_path = {Fixture.Schema}; {harm}");

        Assert.Contains(Store.Check(), line => line.Contains(told, StringComparison.Ordinal));
    }
}
