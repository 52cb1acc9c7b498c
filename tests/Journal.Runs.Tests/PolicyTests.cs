using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>What ends or pauses a run that goes wrong.</summary>
public sealed class PolicyTests : RunnerFixture
{
    [Fact]
    public void The_breaker_pauses_the_batch_and_gives_every_attempt_back()
    {
        var batch = Start(20, BatchOptions.Default with { RetryDelay = TimeSpan.Zero });

        var result = Run(batch, static (_, _) => throw new FileNotFoundException("the share is gone"), with: static request => request with { FailureThreshold = 5 });

        Assert.Equal(RunEnd.Paused, result.End);
        Assert.Contains("3 tasks in a row failed with the same error", result.Reason, StringComparison.Ordinal);
        var after = Find(batch);
        Assert.Equal((JournalBatchStatus.Paused, 20L, 0L, 0L), (after.Status, after.Pending, after.Failed, after.InProgress));
        Assert.All(Tasks(batch), static task => Assert.Equal(0, task.Attempts));
    }

    [Fact]
    public void The_breaker_gives_back_retries_too()
    {
        var batch = Start(3, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 9 });

        // With two tries each before the third task is claimed, every task is in the streak, some of them twice.
        Run(batch, static (task, _) => throw new InvalidOperationException("the server is down"), with: static request => request with { FailureThreshold = 3 });

        Assert.Equal(JournalBatchStatus.Paused, Find(batch).Status);
        Assert.All(Tasks(batch), static task => Assert.Equal((JournalTaskStatus.Pending, 0), (task.Status, task.Attempts)));
    }

    [Fact]
    public void A_server_that_says_when_to_come_back_does_not_trip_the_breaker_and_one_that_is_down_does()
    {
        var batch = Start(20, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 9 });
        var asked = new HashSet<long>();

        var result = Run(
            batch, (task, _) => asked.Add(task.Id) ? throw new CategorizedErrorException("slow down", JournalErrorCategory.RateLimited) : null,
            with: static request => request with { FailureThreshold = 3 });

        Assert.Equal((RunEnd.Done, 20L), (result.End, Find(batch).Completed));
        var down = Start(20, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 9 });
        Run(down, static (_, _) => throw new CategorizedErrorException("down", JournalErrorCategory.NetworkError), with: static request => request with { FailureThreshold = 3 });
        Assert.Equal(JournalBatchStatus.Paused, Find(down).Status);
    }

    [Fact]
    public void What_was_claimed_ahead_does_not_run_while_the_batch_is_held_back()
    {
        var batch = Start(300);
        var began = 0;
        using var stop = new CancellationTokenSource();

        Run(
            batch,
            (_, _) =>
            {
                // Short tasks are claimed many at a time; the first that is told to come back much later holds all back.
                if (++began <= 100) return null;
                throw new CategorizedErrorException("slow down", JournalErrorCategory.RateLimited, retryAfter: TimeSpan.FromHours(1));
            },
            new Listener { OnReport = report => { if (report.Move.HoldsBackUntil is not null) stop.Cancel(); } }, stop: stop.Token);

        Assert.Equal(101, began);
        var after = Find(batch);
        Assert.Equal((100L, 200L, 0L), (after.Completed, after.Pending, after.InProgress));
    }

    [Fact]
    public void A_retry_waits_by_the_journals_clock_whatever_the_machines_own_says()
    {
        var batch = Start(1, BatchOptions.Default with { RetryDelay = TimeSpan.FromMinutes(1) });
        using var stop = new CancellationTokenSource();

        Run(
            batch, static (_, _) => throw new TimeoutException("slow"), new Listener { OnReport = _ => stop.Cancel() }, time: new WrongTime(TimeSpan.FromHours(1)), stop: stop.Token);

        Assert.InRange(Assert.Single(Tasks(batch)).NotBefore!.Value, Store.Now, Store.Now.AddMinutes(2));
    }

    [Fact]
    public void One_bad_task_does_not_trip_the_breaker()
    {
        var batch = Start(1, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 9 });

        var result = Run(batch, static (_, _) => throw new InvalidOperationException("bad"), with: static request => request with { FailureThreshold = 3 });

        Assert.Equal(RunEnd.Done, result.End);
        Assert.Equal(JournalTaskStatus.Failed, Tasks(batch).Single().Status);
    }

    [Fact]
    public void A_used_up_quota_pauses_until_it_is_renewed_and_the_attempt_does_not_count()
    {
        var batch = Start(5);
        var reset = DateTimeOffset.UtcNow.AddHours(4);
        var reached = 0;

        var result = Run(batch, (_, _) => ++reached == 3 ? throw new CategorizedErrorException("quota", JournalErrorCategory.QuotaExceeded, resetAt: reset) : null);

        Assert.Equal(RunEnd.Paused, result.End);
        var after = Find(batch);
        Assert.Equal((JournalBatchStatus.Paused, 2L, 3L), (after.Status, after.Completed, after.Pending));
        Assert.Equal(reset, after.PausedUntil!.Value, TimeSpan.FromSeconds(1));
        Assert.All(Tasks(batch).Where(static task => task.Status is JournalTaskStatus.Pending), static task => Assert.Equal(0, task.Attempts));
    }

    [Fact]
    public void A_quota_limit_pauses_before_it_is_overrun()
    {
        var batch = Start(50, BatchOptions.Default with { QuotaLimit = 10 });

        var result = Run(batch, static (task, _) => { task.AddQuota(3); return null; });

        Assert.Equal(RunEnd.Paused, result.End);
        Assert.Equal((9.0, 3L), (Find(batch).QuotaConsumed, Find(batch).Completed));
    }

    [Fact]
    public void A_quota_that_is_renewed_pauses_until_then()
    {
        var batch = Start(50, BatchOptions.Default with { QuotaLimit = 10, QuotaReset = QuotaReset.Every(TimeSpan.FromDays(1)) });

        var result = Run(batch, static (task, _) => { task.AddQuota(3); return null; });

        var after = Find(batch);
        Assert.Equal((RunEnd.Paused, 3L), (result.End, after.Completed));
        Assert.Equal(after.QuotaSince!.Value.AddDays(1), after.PausedUntil);
        Assert.Equal(after.PausedUntil, after.QuotaResetsAt);
        Assert.True(after.IsQuotaUsedUp);
    }

    [Fact]
    public void With_a_quota_limit_what_was_used_is_recorded_before_the_next_task_starts()
    {
        var batch = Start(50, BatchOptions.Default with { QuotaLimit = 1000 });
        var unseen = new List<double>();

        Run(batch, (task, _) =>
        {
            // Another worker that looked now would count on the rest.
            unseen.Add((3 * unseen.Count) - Find(batch).QuotaConsumed);
            task.AddQuota(3);
            return null;
        });

        Assert.Equal(50, unseen.Count);
        Assert.All(unseen, static units => Assert.Equal(0, units));
    }

    [Fact]
    public void A_run_ends_at_its_limit_of_failures()
    {
        var batch = Start(50);

        var result = Run(batch, static (_, _) => throw new FileNotFoundException("gone"), with: static request => request with { MaxFailures = 3 });

        Assert.Equal(RunEnd.FailureLimit, result.End);
        var after = Find(batch);
        Assert.Equal((JournalBatchStatus.Paused, 3L, 0L), (after.Status, after.Failed, after.InProgress));
        Assert.Contains("-MaxFailures", after.PauseReason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_ends_at_its_limit_of_failures_in_percent_once_that_means_something()
    {
        var batch = Start(100);
        var n = 0;

        var result = Run(batch, (_, _) => ++n % 4 == 0 ? throw new FileNotFoundException("gone") : null, with: static request => request with { MaxFailurePercent = 25 });

        Assert.Equal(RunEnd.FailureLimit, result.End);
        Assert.InRange(Find(batch).Counts.Ended, 20, 40);
    }

    [Fact]
    public void An_operator_s_pause_lets_running_attempts_finish_and_starts_no_more()
    {
        var batch = Start(100);
        using var paused = new ManualResetEventSlim();

        var result = Run(batch, (task, _) =>
        {
            if (task.Key == "task 1")
            {
                Store.Apply(batch.Id, Lifecycle.BatchMove.Pause("maintenance"));
                paused.Set();
            }

            return null;
        });

        Assert.Equal((RunEnd.Paused, "maintenance"), (result.End, result.Reason));
        var after = Find(batch);
        Assert.Equal((JournalBatchStatus.Paused, 0L), (after.Status, after.InProgress));
        Assert.InRange(after.Completed, 1, 99);
    }

    [Fact]
    public void A_cancelled_batch_ends_the_run_and_the_worker_s_result_counts_for_nothing()
    {
        var batch = Start(10);
        var listener = new Listener();

        var result = Run(batch, (task, _) =>
        {
            if (task.Key == "task 1") Store.Apply(batch.Id, Lifecycle.BatchMove.Cancel("not needed"));
            return null;
        }, listener);

        Assert.Equal(RunEnd.Canceled, result.End);
        Assert.Equal(10, Find(batch).Canceled);
        Assert.Contains(listener.Reports, static report => report.Outcome is MoveOutcome.LeaseLost);
    }

    private sealed class WrongTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
