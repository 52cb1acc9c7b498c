using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs.Tests;

/// <summary>Tasks of dead workers are taken over; those of living ones never.</summary>
public sealed class RecoveryTests : RunnerFixture
{
    [Fact]
    public void Tasks_of_a_dead_worker_are_run_at_once_and_the_crash_is_counted()
    {
        var batch = Start(3);
        Claim(batch, Dead(), 2);
        var listener = new Listener();

        var result = Run(Find(batch), static (_, _) => null, listener);

        Assert.Equal((RunEnd.Done, 2L, 3L), (result.End, result.Recovered, result.Completed));
        Assert.Equal(2, Tasks(batch).Sum(static task => task.Crashes));
        Assert.Contains(listener.Notes, static note => note.Contains("Recovered 2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_task_that_killed_its_workers_three_times_is_abandoned()
    {
        var batch = Start(1);
        for (var crash = 0; crash < 3; crash++)
        {
            Claim(batch, Dead(), 1);
            BatchRecovery.Recover(Store, batch.Id, ProcessTable.Instance, null);
        }

        var task = Tasks(batch).Single();
        Assert.Equal((JournalTaskStatus.Failed, JournalErrorCategory.Abandoned, 3), (task.Status, task.ErrorCategory, task.Crashes));
    }

    [Fact]
    public void Reconcile_completes_what_a_dead_worker_had_done()
    {
        var batch = Start(2);
        Claim(batch, Dead(), 1);
        var ran = new List<string>();

        Run(Find(batch), (task, _) => { ran.Add(task.Key); return null; }, with: static request => request with { Reconcile = static (task, _) => task.Key == "task 1" ? AttemptResult.Succeeded() : null });

        Assert.Equal(["task 2"], ran);
        Assert.Equal(2, Find(batch).Completed);
    }

    [Fact]
    public async Task A_task_that_the_journal_says_this_worker_holds_and_it_does_not_is_given_back_and_run()
    {
        var batch = Start(3);
        var forgotten = false;

        var run = Task.Run(() => Run(Find(batch), (_, _) =>
        {
            if (forgotten) return null;
            forgotten = true;
            Claim(batch, Store.ReadInFlight(batch.Id).Single().Worker!, 1);
            return null;
        }));

        var result = await run.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((RunEnd.Done, 3L), (result.End, result.Completed));
    }

    [Theory]
    [InlineData(CrashAction.Fail, 3, true)]
    [InlineData(CrashAction.Retry, 1, true)]
    [InlineData(CrashAction.Retry, 3, false)]
    public void Where_one_crash_fails_a_task_none_is_held_that_has_not_begun(CrashAction onCrash, int crashLimit, bool holdsNoneAhead)
    {
        var batch = Start(200, BatchOptions.Default with { OnCrash = onCrash, CrashLimit = crashLimit });
        long most = 0;

        Run(batch, (_, _) =>
        {
            most = Math.Max(most, Find(batch).InProgress);
            return null;
        });

        Assert.Equal(holdsNoneAhead, most <= 1);
    }

    [Fact]
    public void A_living_worker_s_task_is_left_alone()
    {
        var batch = Start(2);
        var alive = ProcessTable.Instance.NewWorker();
        Claim(batch, alive, 1);

        var result = Run(Find(batch), static (_, _) => null);

        // It lives in this very process, so waiting for it would be waiting for ourselves.
        Assert.Equal((RunEnd.HeldElsewhere, 1L), (result.End, result.Completed));
        Assert.Equal(1, Find(batch).InProgress);
    }

    [Fact]
    public async Task Workers_on_one_batch_share_it_and_no_task_runs_twice()
    {
        var batch = Start(400);
        var ran = new System.Collections.Concurrent.ConcurrentBag<string>();

        var runs = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            using var store = Open();
            Run(batch, (task, _) => { ran.Add(task.Key); return null; }, store: store);
        })).ToArray();
        await Task.WhenAll(runs);

        Assert.Equal(400, ran.Count);
        Assert.Equal(400, ran.Distinct().Count());
        Assert.Equal(400, Find(batch).Completed);
    }

    [Fact]
    public void What_is_said_of_a_recovery_names_each_temporary_file_that_stays()
    {
        WorkFileResult gone = new("/work/a.part", true, null), outside = new("/tmp/b.part", false, "it lies outside the batch's work directory"), refused = new("/work/c.part", false, "Access is denied.");
        Assert.Equal("Recovered 1 task whose worker had died.", Words());
        Assert.Equal("Recovered 1 task whose worker had died. 1 temporary file of theirs was deleted.", Words(gone));
        Assert.Equal("Recovered 1 task whose worker had died. 1 temporary file of theirs was not: '/work/c.part', because Access is denied.", Words(refused));
        Assert.Equal("Recovered 1 task whose worker had died. 1 temporary file of theirs was deleted. 2 temporary files of theirs were not: '/tmp/b.part', because it lies outside the batch's work directory.", Words(gone, outside, refused));

        static string Words(params WorkFileResult[] files) => BatchRecovery.Words([new RecoveredTask(1, "work-1", "a", "w", "died", false, files, HasDied: true, [])]);
    }

    private static WorkerIdentity Dead()
    {
        var worker = ProcessTable.Instance.NewWorker();
        ProcessTable.Instance.Retire(worker);
        return worker;
    }

    private void Claim(JournalBatch batch, WorkerIdentity worker, int count)
    {
        // A task that was in flight at a crash is handed out alone, hence one by one.
        for (var i = 0; i < count; i++) Assert.Single(Store.Exchange(new ExchangeRequest(worker, batch.Id, TimeSpan.FromMinutes(5)) { Claim = 1 }).Claimed);
    }
}
