using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>Tasks that go through stages.</summary>
public sealed class StageTests : RunnerFixture
{
    [Fact]
    public void A_task_goes_through_its_stages_before_the_next_one_starts()
    {
        var batch = Start(2, null, "Download", "Convert");
        var order = new List<string>();

        Run(batch, (task, _) => { order.Add($"{task.Stage} {task.Key}"); return null; });

        Assert.Equal(["Download task 1", "Convert task 1", "Download task 2", "Convert task 2"], order);
        Assert.Equal(JournalBatchStatus.Completed, Find(batch).Status);
    }

    [Fact]
    public void A_later_stage_gets_what_an_earlier_one_emitted()
    {
        var batch = Start(1, null, "Download", "Convert");
        object? seen = null;

        Run(batch, (task, _) =>
        {
            if (task.Stage == "Download") return new Dictionary<string, object?> { ["path"] = "/tmp/a", ["size"] = 12 };
            seen = ((Dictionary<string, object?>)task.Result("download")!)["size"];
            return null;
        });

        Assert.Equal(12L, seen);
    }

    [Fact]
    public void Each_stage_has_its_own_budget()
    {
        var batch = Start(1, BatchOptions.Default with { RetryDelay = TimeSpan.Zero, MaxRetries = 1 }, "A", "B");
        var n = 0;

        Run(batch, (_, _) => ++n is 1 or 3 ? throw new InvalidOperationException("odd") : null);

        var task = Tasks(batch).Single();
        Assert.Equal((JournalTaskStatus.Completed, 2), (task.Status, task.Attempts));
        Assert.Equal(["A", "A", "B", "B"], Store.ReadAttempts(new AttemptQuery { TaskIds = [task.Id] }).Select(static attempt => attempt.Stage));
    }

    [Fact]
    public void A_task_interrupted_in_a_stage_goes_on_there()
    {
        var batch = Start(1, null, "Download", "Convert");
        using var stop = new CancellationTokenSource();
        var order = new List<string?>();
        Run(batch, (task, token) =>
        {
            if (task.Stage == "Convert") stop.Cancel();
            token.ThrowIfCancellationRequested();
            return null;
        }, stop: stop.Token);
        Assert.Equal("Convert", Tasks(batch).Single().Stage);
        Store.Apply(batch.Id, Lifecycle.BatchMove.Resume("again"));

        Run(Find(batch), (task, _) => { order.Add(task.Stage); return null; });

        Assert.Equal(["Convert"], order);
    }

    [Fact]
    public void A_run_of_one_stage_leaves_the_others()
    {
        var batch = Start(3, null, "Download", "Convert", "Upload");

        var first = Run(batch, static (_, _) => null, with: static request => request with { Stage = "Download" });
        Assert.Equal(RunEnd.Done, first.End);
        Assert.All(Tasks(batch), static task => Assert.Equal((JournalTaskStatus.Pending, "Convert"), (task.Status, task.Stage)));
        Run(Find(batch), static (_, _) => null, with: static request => request with { Stage = "Upload" });
        Assert.Equal(3, Find(batch).Pending);
        Run(Find(batch), static (_, _) => null);

        Assert.Equal(JournalBatchStatus.Completed, Find(batch).Status);
    }
}
