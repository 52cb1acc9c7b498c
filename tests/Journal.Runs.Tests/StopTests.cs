using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>However a run is stopped: nothing stays in progress, nothing is marked failed by the stop, and the attempt does not count.</summary>
public sealed class StopTests : RunnerFixture
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_stop_gives_everything_back(int degree)
    {
        var batch = Start(50);
        using var stop = new CancellationTokenSource();
        var n = 0;

        var result = Run(batch, (_, token) =>
        {
            if (Interlocked.Increment(ref n) == 10) stop.Cancel();
            token.ThrowIfCancellationRequested();
            return null;
        }, with: request => request with { Degree = degree }, stop: stop.Token);

        Assert.Equal(RunEnd.Interrupted, result.End);
        AssertClean(batch, "Interrupted");
    }

    [Fact]
    public void Stops_at_random_moments_leave_every_claim_with_its_end()
    {
        var random = new Random(7);
        var batch = Start(400);
        for (var round = 0; round < 25 && Find(batch).Counts.Open > 0; round++)
        {
            if (Find(batch).Status is JournalBatchStatus.Paused) Store.Apply(batch.Id, Lifecycle.BatchMove.Resume("again"));
            using var stop = new CancellationTokenSource();
            var (after, n) = (random.Next(1, 30), 0);
            Run(Find(batch), (_, token) =>
            {
                if (Interlocked.Increment(ref n) == after) stop.Cancel();
                token.WaitHandle.WaitOne(random.Next(0, 2));
                token.ThrowIfCancellationRequested();
                return null;
            }, with: request => request with { Degree = 1 + round % 3 }, stop: stop.Token);
            Assert.Equal(0, Find(batch).InProgress);
            Assert.Equal(0, Find(batch).Failed);
        }

        var claims = Store.ReadEvents(new EventQuery { BatchIds = [batch.Id], Kinds = [JournalEventKind.Claimed] }).Count();
        var attempts = Store.ReadAttempts(new AttemptQuery { BatchIds = [batch.Id] }).ToList();
        Assert.Equal(claims, attempts.Count);
        Assert.Equal(Find(batch).Completed, attempts.Count(static attempt => attempt.Outcome is JournalAttemptOutcome.Completed));
        Assert.Empty(Store.Check());
    }

    [Fact]
    public void An_error_downstream_is_a_stop_and_comes_out()
    {
        var batch = Start(2000);
        var listener = new Listener { OnReport = static report => { if (report.Task.Key == "task 5") throw new InvalidDataException("downstream"); } };

        Assert.Throws<InvalidDataException>(() => Run(batch, static (_, _) => null, listener));

        AssertClean(batch, "Interrupted");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_gentle_stop_lets_what_is_under_way_end_and_begins_nothing_else(int degree)
    {
        var batch = Start(50);
        using var stop = new CancellationTokenSource();
        using var underWay = new CountdownEvent(degree);
        using var letGo = new ManualResetEventSlim();
        var stopped = 0;
        var run = Task.Run(() => Run(batch, (_, token) =>
        {
            if (!letGo.IsSet) underWay.Signal();
            letGo.Wait(CancellationToken.None);
            if (token.IsCancellationRequested) Interlocked.Increment(ref stopped);
            return null;
        }, with: request => request with { Degree = degree, StopTimeout = TimeSpan.FromMinutes(5) }, stop: stop.Token));
        underWay.Wait();

        await stop.CancelAsync();
        letGo.Set();
        var result = await run;

        Assert.Equal((RunEnd.Interrupted, degree, 0L, 0), (result.End, (int)result.Completed, result.GivenBack, stopped));
        Assert.Equal(degree, Find(batch).Completed);
        AssertClean(batch, "Interrupted");
    }

    [Fact]
    public void A_gentle_stop_stops_what_is_under_way_when_its_time_is_over()
    {
        var batch = Start(50);
        using var stop = new CancellationTokenSource();

        var result = Run(batch, (_, token) =>
        {
            stop.Cancel();
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
            return null;
        }, with: static request => request with { StopTimeout = TimeSpan.FromMilliseconds(1) }, stop: stop.Token);

        Assert.Equal((RunEnd.Interrupted, 0L), (result.End, result.Completed));
        AssertClean(batch, "Interrupted");
    }

    [Fact]
    public async Task StopNow_ends_a_gentle_stop()
    {
        var batch = Start(3);
        using var started = new ManualResetEventSlim();
        using var letGo = new ManualResetEventSlim();
        using var runner = new BatchRunner(
            Store, new RunRequest(batch) { StopTimeout = TimeSpan.FromHours(1) }, new DelegateExecutor((_, _) => { started.Set(); letGo.Wait(CancellationToken.None); return null; }),
            new Listener(), TimeProvider.System, Workers.ProcessTable.Instance);
        var run = Task.Run(() => runner.Run(CancellationToken.None));
        started.Wait();
        var gentle = Task.Run(runner.StopGently);

        runner.StopNow();

        Assert.True(await gentle);
        AssertClean(batch, "Interrupted");
        letGo.Set();
        await run;
    }

    [Fact]
    public async Task StopNow_gives_back_even_what_does_not_stop()
    {
        var batch = Start(3);
        using var started = new ManualResetEventSlim();
        using var letGo = new ManualResetEventSlim();
        using var runner = new BatchRunner(
            Store, new RunRequest(batch), new DelegateExecutor((_, _) => { started.Set(); letGo.Wait(CancellationToken.None); return null; }), new Listener(), TimeProvider.System, Workers.ProcessTable.Instance);
        var run = Task.Run(() => runner.Run(CancellationToken.None));
        started.Wait();

        runner.StopNow();

        AssertClean(batch, "Interrupted");
        letGo.Set();
        Assert.Equal(RunEnd.Interrupted, (await run).End);
        Assert.Equal(0, Find(batch).Completed);
    }

    [Fact]
    public void A_stopped_run_leaves_the_batch_running_for_others()
    {
        var batch = Start(20);
        var other = Workers.ProcessTable.Instance.NewWorker("other");
        Store.Exchange(new ExchangeRequest(other, batch.Id, TimeSpan.FromMinutes(5)) { Claim = 1 });
        using var stop = new CancellationTokenSource();

        Run(Find(batch), (_, token) => { stop.Cancel(); token.ThrowIfCancellationRequested(); return null; }, stop: stop.Token);

        Assert.Equal((JournalBatchStatus.Running, 1L), (Find(batch).Status, Find(batch).InProgress));
    }

    private void AssertClean(JournalBatch batch, string reason)
    {
        var after = Find(batch);
        Assert.Equal((JournalBatchStatus.Paused, reason, 0L, 0L), (after.Status, after.PauseReason, after.InProgress, after.Failed));
        Assert.All(Tasks(batch).Where(static task => task.Status is JournalTaskStatus.Pending), static task => Assert.Equal(0, task.Attempts));
    }
}
