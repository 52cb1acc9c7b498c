using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>What becomes of tasks whose work succeeds, fails, or says that there is nothing to do.</summary>
public sealed class OutcomeTests : RunnerFixture
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_task_runs_once_and_is_reported_after_it_is_recorded(int degree)
    {
        var batch = Start(300);
        var ran = new System.Collections.Concurrent.ConcurrentBag<string>();
        var unrecorded = new List<string>();
        var listener = new Listener
        {
            OnReport = report =>
            {
                if (Store.FindTask(report.Task.Id)!.Status is not JournalTaskStatus.Completed) unrecorded.Add(report.Task.Key);
            },
        };

        var result = Run(batch, (task, _) => { ran.Add(task.Key); return task.Key; }, listener, request => request with { Degree = degree });

        Assert.Equal(RunEnd.Done, result.End);
        Assert.Equal(300, result.Completed);
        Assert.Equal(300, ran.Distinct().Count());
        Assert.Equal(300, ran.Count);
        Assert.Empty(unrecorded);
        Assert.Equal(300, listener.Reports.Select(static report => report.Output).Distinct().Count());
        Assert.Equal(JournalBatchStatus.Completed, Find(batch).Status);
    }

    [Fact]
    public void An_empty_batch_is_done_at_once() => Assert.Equal(RunEnd.Done, Run(Start(0), static (_, _) => null).End);

    [Fact]
    public void An_unknown_error_is_retried_and_the_attempts_are_kept()
    {
        var batch = Start(1);
        var tries = 0;

        var result = Run(batch, (task, _) => ++tries < 3 ? throw new InvalidOperationException($"odd {task.Attempt}") : null);

        var task = Tasks(batch).Single();
        Assert.Equal((JournalTaskStatus.Completed, 3), (task.Status, task.Attempts));
        Assert.Equal(2, result.Retried);
        Assert.Equal(
            [(1, JournalAttemptOutcome.Failed, "odd 1"), (2, JournalAttemptOutcome.Failed, "odd 2"), (3, JournalAttemptOutcome.Completed, null)],
            Store.ReadAttempts(new AttemptQuery { TaskIds = [task.Id] }).Select(static a => ((int)a.Number, a.Outcome, a.ErrorMessage)));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, false)]
    public void Every_attempt_keeps_what_it_wrote(int? size, bool isKept)
    {
        var batch = Start(1, size is { } bytes ? BatchOptions.Default with { LogSize = bytes, RetryDelay = TimeSpan.Zero } : BatchOptions.Default with { RetryDelay = TimeSpan.Zero });

        Run(batch, (task, _) =>
        {
            if (task.Attempt == 3) return null;
            task.AddLog(LogStream.Warning, $"low {task.Attempt}");
            throw new InvalidOperationException("odd");
        });

        var logs = Store.ReadAttempts(new AttemptQuery { BatchIds = [batch.Id] }).Select(static attempt => attempt.Log).ToList();
        Assert.Equal(3, logs.Count);
        Assert.Equal(isKept ? [" WARNING low 1", " WARNING low 2", null] : [null, null, null], logs.Select(static log => log?[24..]));
    }

    [Fact]
    public void Retries_end_and_the_task_fails_with_its_last_error()
    {
        var batch = Start(1, BatchOptions.Default with { MaxRetries = 2, RetryDelay = TimeSpan.Zero });

        var result = Run(batch, (task, _) => throw new InvalidOperationException($"odd {task.Attempt}"));

        var task = Tasks(batch).Single();
        Assert.Equal((JournalTaskStatus.Failed, 3, "odd 3", JournalErrorCategory.Unknown), (task.Status, task.Attempts, task.ErrorMessage, task.ErrorCategory));
        Assert.Equal((RunEnd.Done, 1L), (result.End, result.Failed));
        Assert.Equal(JournalBatchStatus.Failed, Find(batch).Status);
    }

    [Fact]
    public void What_cannot_succeed_is_not_tried_again()
    {
        var batch = Start(1);

        Run(batch, static (_, _) => throw new FileNotFoundException("no such photo"));

        var task = Tasks(batch).Single();
        Assert.Equal((JournalTaskStatus.Failed, 1, JournalErrorCategory.NotFound), (task.Status, task.Attempts, task.ErrorCategory));
    }

    [Fact]
    public void The_work_reports_through_its_task()
    {
        var batch = Start(1);

        Run(batch, static (task, _) =>
        {
            task.SetTarget("id-7");
            task.SetMetadata("subject", "AI");
            task.AddOutput("/tmp/made.jpg");
            task.AddOutput("/tmp/made.jpg");
            task.AddQuota(2.5, "project-a");
            return null;
        });

        var task = Tasks(batch).Single();
        Assert.Equal("id-7", task.TargetId);
        Assert.Equal("AI", task.Metadata["subject"]);
        Assert.Equal([Path.GetFullPath("/tmp/made.jpg")], task.Outputs);
        Assert.Equal((2.5, "project-a"), (task.QuotaConsumed, task.QuotaProject));
        Assert.Equal(2.5, Find(batch).QuotaConsumed);
    }

    [Fact]
    public void The_work_can_ask_whether_another_task_has_its_target_id()
    {
        var batch = Start(3);

        Run(batch, static (task, _) =>
        {
            if (!task.TrySetTarget("the one")) task.Skip("made already");
            return null;
        });

        Assert.Equal(["the one", null, null], Tasks(batch).Select(static task => task.TargetId));
        Assert.Equal([JournalTaskStatus.Completed, JournalTaskStatus.Skipped, JournalTaskStatus.Skipped], Tasks(batch).Select(static task => task.Status));
    }

    [Fact]
    public void A_task_that_skips_itself_is_skipped_and_counts_as_ended_well()
    {
        var batch = Start(1);

        var result = Run(batch, static (task, _) => { task.Skip("a duplicate"); return null; });

        Assert.Equal(JournalTaskStatus.Skipped, Tasks(batch).Single().Status);
        Assert.Equal((1L, 0L), (result.Skipped, result.Completed));
        Assert.Equal(JournalBatchStatus.Completed, Find(batch).Status);
    }

    [Fact]
    public void An_attempt_that_takes_too_long_is_a_timeout()
    {
        var batch = Start(1, BatchOptions.Default with { Timeout = TimeSpan.FromMilliseconds(20), MaxRetries = 0 });

        Run(batch, static (_, stop) => { stop.WaitHandle.WaitOne(); stop.ThrowIfCancellationRequested(); return null; });

        Assert.Equal(JournalErrorCategory.Timeout, Tasks(batch).Single().ErrorCategory);
    }

    [Fact]
    public void A_higher_priority_goes_first_and_the_order_of_adding_decides_among_equals()
    {
        var batch = Start(0);
        Store.AddTasks(batch.Id,
        [
            new NewTask("a", TaskInput.OfText("a")), new NewTask("b", TaskInput.OfText("b")) { Priority = 5 },
            new NewTask("c", TaskInput.OfText("c")), new NewTask("d", TaskInput.OfText("d")) { Priority = 5 },
        ]);
        var order = new List<string>();

        Run(Find(batch), (task, _) => { order.Add(task.Key); return null; });

        Assert.Equal(["b", "d", "a", "c"], order);
    }
}
