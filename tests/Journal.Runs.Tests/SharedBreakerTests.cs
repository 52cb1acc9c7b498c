namespace Journal.Runs.Tests;

/// <summary>A cause outside the tasks shows in the failures of all workers of a batch, and none of them has to see all of it.</summary>
public sealed class SharedBreakerTests : RunnerFixture
{
    // More than one worker holds ahead.
    private const int Many = 1000;

    [Fact]
    public void Failures_that_are_split_over_two_workers_pause_the_batch_for_both_and_are_given_back()
    {
        var batch = Start(Many, BatchOptions.Default with { FailureThreshold = 12 });
        using var other = Open();

        var attempts = SharedFailures.Run(batch, Store, other, static n => new FileNotFoundException($"share {n} is gone"), out var results);

        Assert.All(results, static result => Assert.Equal(RunEnd.Paused, result.End));
        // Three each, half of the threshold, for they are alike; and what was under way when they became six.
        Assert.InRange(attempts, 6, 11);
        var after = Find(batch);
        Assert.Equal(JournalBatchStatus.Paused, after.Status);
        Assert.Contains("in a row failed with the same error", after.PauseReason, StringComparison.Ordinal);
        Assert.InRange(Tasks(batch).Count(static task => task.Attempts > 0), 0, attempts - 6);
    }

    [Fact]
    public void Different_errors_of_two_workers_pause_the_batch_too()
    {
        var batch = Start(Many, BatchOptions.Default with { FailureThreshold = 12 });
        using var other = Open();

        SharedFailures.Run(batch, Store, other, static n => n / 4 % 2 == 0 ? new FileNotFoundException("gone") : new DirectoryNotFoundException("no such place"), out var results);

        Assert.All(results, static result => Assert.Equal(RunEnd.Paused, result.End));
        Assert.Equal(JournalBatchStatus.Paused, Find(batch).Status);
    }
}
