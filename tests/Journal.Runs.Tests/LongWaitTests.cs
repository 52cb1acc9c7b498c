using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs.Tests;

/// <summary>A wait that is longer than any timer's is a wait like any other: the run must not die of it each time that it is started.</summary>
public sealed class LongWaitTests : RunnerFixture
{
    [Theory]
    [InlineData(60)]
    [InlineData(30_000)]
    public void A_task_that_is_due_in_so_many_days_is_waited_for(int days)
    {
        var batch = Start(1);
        var worker = ProcessTable.Instance.NewWorker();
        var task = Assert.Single(Store.Exchange(new ExchangeRequest(worker, batch.Id, TimeSpan.FromMinutes(5)) { Claim = 1 }).Claimed);
        var error = new TaskError(JournalErrorCategory.RateLimited, "Come back later.", "Come back later.", "Later");
        Store.Apply([TaskMove.Retry(task.Id, task.Token, error, TaskReport.Nothing, Store.Now.AddDays(days), null, "later")], worker);
        using var stop = new CancellationTokenSource();
        var listener = new Listener { OnProgress = progress => { if (progress.WaitingUntil is not null) stop.Cancel(); } };

        Assert.Equal(RunEnd.Interrupted, Run(batch, static (_, _) => null, listener, stop: stop.Token).End);
    }

    [Fact]
    public void A_lease_of_a_year_is_a_lease() =>
        Assert.Equal(3, Run(Start(3, BatchOptions.Default with { LeaseTimeout = TimeSpan.FromDays(365) }), static (_, _) => null).Completed);

    [Fact]
    public void What_ended_a_run_stands_in_its_message()
    {
        var batch = Start(1);
        var broken = ReachTests.Away.From(Store, static (method, call) => method == nameof(IJournalStore.Exchange) && call == 2 ? throw new NotSupportedException("The cause.") : false);
        var error = Assert.Throws<InvalidOperationException>(() => Run(batch, static (_, _) => null, store: broken));
        Assert.Contains("The cause.", error.Message, StringComparison.Ordinal);
    }
}
