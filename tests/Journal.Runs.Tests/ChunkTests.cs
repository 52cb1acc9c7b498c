using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs.Tests;

/// <summary>Tasks that the work gets in one call are recorded one by one, and the good ones do not pay for the bad.</summary>
public sealed class ChunkTests : RunnerFixture
{
    private static readonly BatchOptions Once = BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 0 };

    [Fact]
    public void The_work_gets_full_chunks_in_order_and_each_task_has_an_attempt_of_its_own()
    {
        var batch = Start(45);
        var calls = new List<string[]>();

        var result = RunChunks(batch, 20, (chunk, _) => calls.Add(Keys(chunk)));

        Assert.Equal([20, 20, 5], calls.Select(static call => call.Length));
        Assert.Equal(Tasks(batch).Select(static task => task.Key), calls.SelectMany(static call => call));
        Assert.Equal((RunEnd.Done, 45L), (result.End, result.Completed));
        Assert.All(Tasks(batch), static task => Assert.Equal((JournalTaskStatus.Completed, 1), (task.Status, task.Attempts)));
        Assert.Equal(45, Attempts(batch).Count);
    }

    [Fact]
    public void A_chunk_of_one_is_a_chunk_and_without_chunks_there_is_none()
    {
        var batch = Start(2);
        var calls = new List<int>();
        RunChunks(batch, 1, (chunk, _) => calls.Add(chunk.Count));
        Assert.Equal([1, 1], calls);

        Run(Start(1), static (task, _) => { Assert.Null(task.Chunk); Assert.Equal(task, task.Carrier); return null; });
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(62, 63, 64)]
    [InlineData(1, 32, 64)]
    [InlineData(31, 32, 33)]
    [InlineData(16, 40, 41)]
    public void Bad_ones_are_found_with_few_calls_and_each_fails_with_the_error_that_it_threw_alone(params int[] bad)
    {
        var batch = Start(64, Once);
        var keys = bad.Select(static n => $"task {n}").ToHashSet();
        var calls = new List<string[]>();

        var result = RunChunks(batch, 64, (chunk, _) =>
        {
            calls.Add(Keys(chunk));
            if (chunk.Any(task => keys.Contains(task.Key))) throw new InvalidOperationException($"refused: {string.Join(", ", Keys(chunk))}");
        });

        Assert.Equal((61L, 3L), (result.Completed, result.Failed));
        Assert.True(calls.Count <= 25, $"{calls.Count} calls");
        Assert.All(Tasks(batch), task => Assert.Equal(
            keys.Contains(task.Key) ? (JournalTaskStatus.Failed, 1, $"refused: {task.Key}") : (JournalTaskStatus.Completed, 1, null), (task.Status, task.Attempts, task.ErrorMessage)));
        Assert.Equal(64, Attempts(batch).Count);
    }

    [Fact]
    public void A_bad_one_has_its_retries_and_the_good_ones_are_done_once()
    {
        var batch = Start(8, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 2 });
        var good = new Dictionary<string, int>();

        RunChunks(batch, 8, (chunk, _) =>
        {
            if (chunk.Any(static task => task.Key == "task 5")) throw new InvalidOperationException("odd");
            foreach (var key in Keys(chunk)) good[key] = good.GetValueOrDefault(key) + 1;
        });

        Assert.All(good.Values, static times => Assert.Equal(1, times));
        Assert.Equal((7, 1L, 7L), (good.Count, Find(batch).Failed, Find(batch).Completed));
        Assert.Equal(3, Attempts(batch).Count(static attempt => attempt.Key == "task 5"));
        Assert.Equal(10, Attempts(batch).Count);
    }

    [Fact]
    public void The_work_can_say_what_becomes_of_each_task()
    {
        var batch = Start(7, Once);
        var until = Store.Now.AddHours(1);
        var isFirst = true;

        using var stop = new CancellationTokenSource();
        RunChunks(batch, 10, (chunk, _) =>
        {
            if (!isFirst) throw new InvalidOperationException("nothing is called again");
            isFirst = false;
            chunk[0].SetTarget("id-0");
            chunk[1].Fail("not found");
            chunk[2].Fail("no such thing as that", JournalErrorCategory.InvalidInput);
            chunk[3].Skip("not needed");
            chunk[4].Postpone(until, "too early");
            chunk[5].Fail("first");
            chunk[5].Complete();
            chunk[6].AddQuota(3);
        }, new Listener { OnReport = _ => stop.Cancel() }, stop: stop.Token);

        Assert.Equal(
            ["Completed None id-0", "Failed NotFound ", "Failed InvalidInput ", "Skipped None ", "Pending None ", "Completed None ", "Completed None "],
            Tasks(batch).Select(static task => $"{task.Status} {task.ErrorCategory} {task.TargetId}"));
        Assert.Equal(until, Tasks(batch)[4].NotBefore!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, Tasks(batch)[4].Attempts);
        Assert.Equal(3, Find(batch).QuotaConsumed);
    }

    [Fact]
    public void A_task_without_a_chunk_can_say_that_it_failed_and_not_that_it_is_completed()
    {
        var batch = Start(2, Once);

        Run(batch, static (task, _) =>
        {
            if (task.Key == "task 1") task.Fail("gone", JournalErrorCategory.NotFound);
            else task.Complete();
            return null;
        });

        Assert.Equal([("gone", JournalErrorCategory.NotFound), (Tasks(batch)[1].ErrorMessage, JournalErrorCategory.InvalidInput)], Tasks(batch).Select(static task => (task.ErrorMessage, task.ErrorCategory)));
        Assert.Contains("-ChunkSize", Tasks(batch)[1].ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_decided_before_an_error_is_not_done_again()
    {
        var batch = Start(8, Once);
        var calls = new List<string[]>();

        RunChunks(batch, 8, (chunk, _) =>
        {
            calls.Add(Keys(chunk));
            foreach (var task in chunk)
            {
                if (task.Key == "task 4") throw new InvalidOperationException("bad");
                if (task.Key == "task 2") task.Fail("refused");
                else if (task.Key == "task 3") task.Skip("there");
                else task.Complete();
            }
        });

        Assert.Equal(["Completed", "Failed", "Skipped", "Failed", "Completed", "Completed", "Completed", "Completed"], Tasks(batch).Select(static task => task.Status.ToString()));
        Assert.Equal(["refused", "bad"], Tasks(batch).Where(static task => task.Status is JournalTaskStatus.Failed).Select(static task => task.ErrorMessage));
        Assert.Single(calls, static call => call.Contains("task 1"));
        Assert.Single(calls, static call => call.Contains("task 2"));
        Assert.Single(calls, static call => call.Contains("task 3"));
        Assert.Equal(8, Attempts(batch).Count);
    }

    [Fact]
    public void A_server_that_wants_no_more_is_asked_once_and_costs_nobody_an_attempt()
    {
        var batch = Start(64);
        var calls = 0;
        using var stop = new CancellationTokenSource();

        RunChunks(batch, 64, (_, _) =>
        {
            calls++;
            throw new CategorizedErrorException("slow down", JournalErrorCategory.RateLimited, retryAfter: TimeSpan.FromHours(1));
        }, new Listener { OnReport = _ => stop.Cancel() }, stop: stop.Token);

        Assert.Equal(1, calls);
        Assert.All(Tasks(batch), static task => Assert.Equal((JournalTaskStatus.Pending, 0), (task.Status, task.Attempts)));
        Assert.True(Find(batch).HeldBackUntil > Store.Now);
    }

    [Fact]
    public void A_used_up_quota_pauses_the_batch_with_one_call()
    {
        var batch = Start(64);
        var calls = 0;

        var result = RunChunks(batch, 20, (_, _) =>
        {
            calls++;
            throw new CategorizedErrorException("quota", JournalErrorCategory.QuotaExceeded);
        });

        Assert.Equal((1, RunEnd.Paused), (calls, result.End));
        Assert.All(Tasks(batch), static task => Assert.Equal((JournalTaskStatus.Pending, 0), (task.Status, task.Attempts)));
    }

    [Fact]
    public void An_error_of_the_other_side_in_the_middle_of_the_search_ends_it()
    {
        var batch = Start(8);
        var calls = 0;

        var result = RunChunks(batch, 8, (_, _) => throw (++calls == 1 ? new InvalidOperationException("odd") : new CategorizedErrorException("quota", JournalErrorCategory.QuotaExceeded)));

        Assert.Equal((2, RunEnd.Paused), (calls, result.End));
        Assert.All(Tasks(batch), static task => Assert.Equal((JournalTaskStatus.Pending, 0), (task.Status, task.Attempts)));
    }

    [Fact]
    public void A_network_error_is_a_try_of_the_whole_chunk_and_is_looked_for_when_no_retry_is_left()
    {
        var batch = Start(16, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 2 });
        var calls = new List<int>();

        RunChunks(batch, 16, (chunk, _) =>
        {
            calls.Add(chunk.Count);
            // As some servers do where they mean the input.
            if (chunk.Any(static task => task.Key == "task 9")) throw new CategorizedErrorException("500 internal server error", JournalErrorCategory.NetworkError);
        });

        Assert.Equal([16, 16, 16], calls.Take(3));
        Assert.InRange(calls.Count, 4, 10);
        Assert.Equal((15L, 1L), (Find(batch).Completed, Find(batch).Failed));
        Assert.Equal("task 9", Tasks(batch).Single(static task => task.Status is JournalTaskStatus.Failed).Key);
    }

    [Fact]
    public void A_call_that_failed_counts_once_for_the_breaker()
    {
        var batch = Start(60, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 9 });
        var calls = 0;

        // The default of the cmdlets: half as many with the same error, 13, would be less than one chunk.
        RunChunks(batch, 20, (_, _) =>
        {
            if (++calls <= 2) throw new CategorizedErrorException("connection reset", JournalErrorCategory.NetworkError);
        }, with: static request => request with { FailureThreshold = 25 });

        Assert.Equal((JournalBatchStatus.Completed, 5), (Find(batch).Status, calls));
    }

    [Fact]
    public void A_run_that_ends_at_its_limit_of_failures_records_the_other_tasks_of_the_chunk()
    {
        var batch = Start(6, Once);

        var result = RunChunks(batch, 3, static (chunk, _) => chunk[0].Fail("gone"), with: static request => request with { MaxFailures = 1 });

        Assert.Equal((RunEnd.FailureLimit, 1L, 2L), (result.End, result.Failed, result.Completed));
        Assert.Equal((3L, 0L), (Find(batch).Pending, Find(batch).InProgress));
    }

    [Fact]
    public void A_server_that_is_down_trips_the_breaker_and_every_attempt_is_given_back()
    {
        var batch = Start(100, BatchOptions.Default with { RetryDelay = TimeSpan.FromMinutes(1), MaxRetries = 9 });
        var calls = 0;

        var result = RunChunks(batch, 10, (_, _) =>
        {
            calls++;
            throw new CategorizedErrorException("connection refused", JournalErrorCategory.NetworkError);
        }, with: static request => request with { FailureThreshold = 6 });

        Assert.Equal((3, RunEnd.Paused), (calls, result.End));
        Assert.All(Tasks(batch), static task => Assert.Equal((JournalTaskStatus.Pending, 0), (task.Status, task.Attempts)));
    }

    [Fact]
    public void A_stop_gives_back_what_is_not_decided_and_keeps_what_is()
    {
        var batch = Start(5);
        using var stop = new CancellationTokenSource();

        var result = RunChunks(batch, 5, (chunk, token) =>
        {
            chunk[0].Complete();
            chunk[1].Fail("gone", JournalErrorCategory.NotFound);
            stop.Cancel();
            token.ThrowIfCancellationRequested();
        }, stop: stop.Token);

        Assert.Equal((RunEnd.Interrupted, 3L), (result.End, result.GivenBack));
        Assert.Equal(["Completed 1", "Failed 1", "Pending 0", "Pending 0", "Pending 0"], Tasks(batch).Select(static task => $"{task.Status} {task.Attempts}"));
    }

    [Fact]
    public async Task StopNow_keeps_what_is_decided_and_gives_back_the_rest()
    {
        var batch = Start(3);
        using var started = new ManualResetEventSlim();
        using var letGo = new ManualResetEventSlim();
        var work = new DelegateExecutor((first, _) => { first.Chunk![1].Complete("made"); started.Set(); letGo.Wait(CancellationToken.None); return null; });
        using var runner = new BatchRunner(Store, new RunRequest(batch) { ChunkSize = 3, DeliversResults = true }, work, new Listener(), TimeProvider.System, ProcessTable.Instance);
        var run = Task.Run(() => runner.Run(CancellationToken.None));
        started.Wait();

        runner.StopNow();

        Assert.Equal(["Pending 0", "Completed 1", "Pending 0"], Tasks(batch).Select(static task => $"{task.Status} {task.Attempts}"));
        Assert.Equal("task 2", Assert.Single(runner.Unreported).Task.Key);
        letGo.Set();
        await run;
        Assert.Equal(2, Find(batch).Pending);
    }

    [Fact]
    public void What_a_call_emits_is_recorded_with_its_first_task_that_is_completed_and_a_task_can_have_its_own()
    {
        var batch = Start(4, Once with { KeepResult = true });

        RunChunks(batch, 4, static (chunk, _) =>
        {
            chunk[0].Fail("gone");
            chunk[1].Complete("two");
            return "all";
        });

        Assert.Equal([("task 2", "\"two\""), ("task 3", "\"all\"")], Results(batch));
        var mixed = Start(2, Once with { KeepResult = true });
        RunChunks(mixed, 2, static (chunk, _) =>
        {
            chunk[0].Complete("one");
            chunk[1].Complete("two");
            return "all";
        });
        Assert.Equal([("task 1", "[\"one\",\"all\"]"), ("task 2", "\"two\"")], Results(mixed));
    }

    [Fact]
    public void A_chunk_that_emits_too_much_fails_whole_and_is_not_called_again()
    {
        var batch = Start(4, Once with { KeepResult = true, MaxResultSize = 10 });
        var calls = 0;

        RunChunks(batch, 4, (_, _) =>
        {
            calls++;
            return new string('x', 39);
        });

        Assert.Equal((1, 4L), (calls, Find(batch).Failed));
        Assert.Contains("The chunk of 4 tasks emitted 41 bytes", Tasks(batch)[0].ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chunk_is_no_larger_than_the_quota_that_is_left()
    {
        var batch = Start(50, BatchOptions.Default with { QuotaLimit = 30 });
        var calls = new List<int>();

        var result = RunChunks(batch, 8, (chunk, _) =>
        {
            calls.Add(chunk.Count);
            foreach (var task in chunk) task.AddQuota(2);
        });

        Assert.Equal(RunEnd.Paused, result.End);
        Assert.Equal([8, 7], calls);
    }

    [Fact]
    public void Limits_count_tasks_and_not_calls()
    {
        var batch = Start(10, BatchOptions.Default with { ConcurrencyLimit = 3 });
        var most = 0L;

        RunChunks(batch, 5, (chunk, _) =>
        {
            Assert.InRange(chunk.Count, 1, 3);
            most = Math.Max(most, Find(batch).InProgress);
        });

        Assert.Equal((10L, 3L), (Find(batch).Completed, most));
    }

    [Fact]
    public void Several_chunks_run_at_a_time_and_no_task_twice()
    {
        var batch = Start(300);
        var ran = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var together = new Barrier(3);
        var calls = 0;

        RunChunks(batch, 10, (chunk, token) =>
        {
            if (Interlocked.Increment(ref calls) <= 3) Assert.True(together.SignalAndWait(TimeSpan.FromSeconds(30), token));
            foreach (var key in Keys(chunk)) ran.Add(key);
            if (chunk.Any(static task => task.Key == "task 77")) throw new InvalidOperationException("odd");
        }, with: static request => request with { Degree = 3 });

        Assert.Equal(299, Find(batch).Completed);
        Assert.All(ran.CountBy(static key => key), static times => Assert.InRange(times.Value, 1, 8));
        Assert.Equal(300, ran.Distinct().Count());
    }

    [Fact]
    public void The_leases_of_all_tasks_of_a_chunk_are_renewed()
    {
        var batch = Start(3, BatchOptions.Default with { LeaseTimeout = TimeSpan.FromSeconds(1) });

        RunChunks(batch, 3, (_, _) =>
        {
            var before = Tasks(batch).Max(static task => task.LeaseUntil);
            Assert.True(SpinWait.SpinUntil(() => Tasks(batch).All(task => task.LeaseUntil > before), TimeSpan.FromSeconds(30)));
        });

        Assert.Equal(3, Find(batch).Completed);
    }

    [Fact]
    public void Tasks_of_a_chunk_whose_worker_died_come_in_halves_and_alone_before_one_would_be_abandoned()
    {
        var batch = Start(8);
        Die(batch, 8);
        var calls = new List<string[]>();
        Die(batch, 4);

        var result = RunChunks(Find(batch), 8, (chunk, _) => calls.Add(Keys(chunk)));

        Assert.Equal([["task 1"], ["task 2"], ["task 3"], ["task 4"], ["task 5", "task 6", "task 7", "task 8"]], calls);
        Assert.Equal((8L, 8L), (result.Completed, Find(batch).Completed));
    }

    [Fact]
    public void Each_task_of_a_chunk_whose_worker_died_is_asked_about_by_itself()
    {
        var batch = Start(4);
        Die(batch, 4);
        var calls = new List<string[]>();

        RunChunks(Find(batch), 4, (chunk, _) => calls.Add(Keys(chunk)), with: static request => request with { Reconcile = static (task, _) => task.Key is "task 1" or "task 4" ? AttemptResult.Succeeded() : null });

        Assert.Equal([["task 2"], ["task 3"]], calls);
        Assert.Equal(4, Find(batch).Completed);
    }

    [Fact]
    public void The_log_of_a_call_stays_with_each_task_that_failed_and_once_with_those_that_did_not()
    {
        var batch = Start(4, Once);

        RunChunks(batch, 4, static (chunk, _) =>
        {
            chunk[0].AddLog(LogStream.Warning, $"sent {chunk.Count}");
            chunk[3].Fail("gone");
        });

        Assert.Equal([true, false, false, true], Attempts(batch).Select(static attempt => attempt.Log?.EndsWith("sent 4", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void Temporary_files_of_a_call_that_failed_are_gone_before_the_next_one()
    {
        var batch = Start(4, Once);
        var file = Path.Combine(Path.GetDirectoryName(JournalPath)!, "part");

        RunChunks(batch, 4, (chunk, _) =>
        {
            Assert.False(File.Exists(file));
            chunk[^1].AddTempFile(file);
            File.WriteAllText(file, "half");
            if (chunk.Any(static task => task.Key == "task 2")) throw new InvalidOperationException("odd");
        });

        Assert.False(File.Exists(file));
        Assert.Equal((3L, 1L), (Find(batch).Completed, Find(batch).Failed));
        Assert.Equal("odd", Tasks(batch)[1].ErrorMessage);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(ChunkAttempt.Most + 1)]
    public void A_size_that_cannot_be_is_refused(int size)
    {
        var error = Assert.Throws<JournalException>(() => RunChunks(Start(1), size, static (_, _) => { }));

        Assert.Equal(("InvalidValue", size), (error.ErrorId, error.Target));
    }

    [Fact]
    public void Stages_are_refused()
    {
        var error = Assert.Throws<JournalException>(() => RunChunks(Start(1, null, "One", "Two"), 5, static (_, _) => { }));

        Assert.Contains("stages", error.Message, StringComparison.Ordinal);
        Assert.Throws<JournalException>(new RunOrder(RunMode.New, new RunDefinition("x", JsonList.From(["One"]))) { ChunkSize = 5 }.Validate);
    }

    private RunResult RunChunks(
        JournalBatch batch, int size, Action<IReadOnlyList<RunningTask>, CancellationToken> work, Listener? listener = null, Func<RunRequest, RunRequest>? with = null, CancellationToken stop = default) =>
        RunChunks(batch, size, (chunk, token) => { work(chunk, token); return null; }, listener, with, stop);

    private RunResult RunChunks(
        JournalBatch batch, int size, Func<IReadOnlyList<RunningTask>, CancellationToken, object?> work, Listener? listener = null, Func<RunRequest, RunRequest>? with = null, CancellationToken stop = default) =>
        Run(batch, (first, token) => work(first.Chunk!, token), listener, request => (with?.Invoke(request) ?? request) with { ChunkSize = size }, stop: stop);

    private static string[] Keys(IEnumerable<RunningTask> tasks) => [.. tasks.Select(static task => task.Key)];

    private List<JournalAttempt> Attempts(JournalBatch batch) => Store.ReadAttempts(new AttemptQuery { BatchIds = [batch.Id] }).ToList();

    private IEnumerable<(string Key, string Json)> Results(JournalBatch batch)
    {
        var keys = Tasks(batch).ToDictionary(static task => task.Id, static task => task.Key);
        return Store.ReadResults(new ResultQuery { BatchIds = [batch.Id] }).Select(result => (keys[result.TaskId], result.Json)).Order();
    }

    private void Die(JournalBatch batch, int chunk)
    {
        var worker = ProcessTable.Instance.NewWorker();
        Assert.Equal(chunk, Store.Exchange(new ExchangeRequest(worker, batch.Id, TimeSpan.FromMinutes(5)) { Claim = chunk, Chunk = 8 }).Claimed.Count);
        ProcessTable.Instance.Retire(worker);
        BatchRecovery.Recover(Store, batch.Id, ProcessTable.Instance, null);
    }
}
