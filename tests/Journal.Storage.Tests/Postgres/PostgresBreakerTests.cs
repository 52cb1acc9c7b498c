using Journal.Runs;
using Journal.Runs.Tests;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Postgres;

/// <summary>Workers of several machines share a batch's breaker.</summary>
public sealed class PostgresBreakerTests : StoreTest<PostgresFixture>
{
    [Fact]
    public void Failures_that_are_split_over_two_workers_pause_the_batch_for_both_and_are_given_back()
    {
        using var one = Open();
        using var other = Open();
        var made = one.CreateBatch(new NewBatch("work") { Options = BatchOptions.Default with { FailureThreshold = 6 } });
        one.AddTasks(made.Id, [.. Enumerable.Range(0, 1000).Select(static i => New($"k{i}"))]);

        var attempts = SharedFailures.Run(one.FindBatch(made.Id)!, one, other, static n => new FileNotFoundException($"share {n} is gone"), out var results);

        Assert.All(results, static result => Assert.Equal(RunEnd.Paused, result.End));
        Assert.InRange(attempts, 6, 11);
        Assert.Equal(JournalBatchStatus.Paused, one.FindBatch(made.Id)!.Status);
        Assert.InRange(one.ReadTasks(TaskQuery.All).Count(static task => task.Attempts > 0), 0, attempts - 6);
        Assert.Empty(one.Check());
    }

    private IJournalStore Open() => Fixture.Engine.Open(new StoreOptions(Fixture.Location, StoreAccess.Create));
}
