namespace Journal.Runs.Tests;

/// <summary>A quota by project, as a run goes by it.</summary>
public sealed class QuotaTests : RunnerFixture
{
    private static readonly BatchOptions Two = BatchOptions.Default with { RetryDelay = TimeSpan.Zero, QuotaLimits = new Dictionary<string, double> { ["projectA"] = 10, ["projectB"] = 6 } };

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Work_that_takes_what_is_left_uses_all_projects_and_then_pauses(int degree)
    {
        var batch = Start(50, Two);

        var result = Run(batch, static (task, _) => { task.TakeQuota(2); return null; }, with: request => request with { Degree = degree });

        var after = Find(batch);
        Assert.Equal((RunEnd.Paused, 10d, 6d, 8L), (result.End, after.QuotaUse.UsedBy("projectA"), after.QuotaUse.UsedBy("projectB"), after.Completed));
        Assert.StartsWith(JournalBatch.QuotaReason + "every project's units are used (projectA 10 of 10, projectB 6 of 6)", after.PauseReason, StringComparison.Ordinal);
        Assert.True(after is { PausedUntil: null, IsQuotaUsedUp: true, IsPausedForQuota: true });
    }

    [Fact]
    public void An_attempt_is_told_what_is_left_without_what_it_charged_itself()
    {
        var batch = Start(2, Two);
        var seen = new List<double>();

        Run(batch, (task, _) =>
        {
            seen.Add(task.QuotaLeft("PROJECTA"));
            task.AddQuota(3, "projecta");
            seen.AddRange([task.QuotaLeft("projectA"), task.QuotaLeft("projectB"), task.QuotaLeft()]);
            return null;
        });

        Assert.Equal([10, 7, 6, 13, 7, 4, 6, 10], seen);
        Assert.Equal(6d, Find(batch).QuotaUse.UsedBy("projectA"));
    }

    [Fact]
    public void Without_projects_what_is_left_is_the_batchs_and_without_a_limit_there_is_no_end_of_it()
    {
        var seen = new List<double>();
        Run(Start(1, BatchOptions.Default with { QuotaLimit = 5 }), (task, _) => { task.AddQuota(2); seen.Add(task.QuotaLeft("any")); return task.TakeQuota(1); });
        Run(Start(1), (task, _) => { seen.Add(task.QuotaLeft()); return null; });

        Assert.Equal([3, double.PositiveInfinity], seen);
    }

    [Fact]
    public void A_project_without_a_limit_is_an_error_of_the_task()
    {
        var batch = Start(1, Two);

        Run(batch, static (task, _) => { task.AddQuota(1, "projectC"); return null; });

        Assert.Contains("no limit for the project 'projectC'. Its projects are: projectA, projectB.", Tasks(batch).Single().ErrorMessage, StringComparison.Ordinal);
        Assert.Equal((0d, JournalErrorCategory.InvalidInput, 1), (Find(batch).QuotaConsumed, Tasks(batch).Single().ErrorCategory, Tasks(batch).Single().Attempts));
    }

    [Fact]
    public void A_quota_that_the_other_side_says_is_used_up_closes_that_project_alone()
    {
        var batch = Start(5, Two);
        var reset = DateTimeOffset.UtcNow.AddHours(4);

        var result = Run(batch, (task, _) =>
        {
            var project = task.TakeQuota(0);
            if (project is "projectA") throw new CategorizedErrorException("used up", JournalErrorCategory.QuotaExceeded, resetAt: reset);
            task.AddQuota(1);
            return null;
        });

        var after = Find(batch);
        Assert.Equal((RunEnd.Done, 5L, 5d), (result.End, after.Completed, after.QuotaUse.UsedBy("projectB")));
        Assert.Equal(reset, after.QuotaUse.ClosedUntil("projectA")!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void When_every_project_is_closed_or_used_up_the_batch_waits_for_the_first_that_opens()
    {
        var batch = Start(20, Two with { QuotaReset = QuotaReset.Every(TimeSpan.FromDays(1)) });
        var reset = DateTimeOffset.UtcNow.AddHours(4);

        var result = Run(batch, (task, _) =>
        {
            var project = task.TakeQuota(1);
            return project is "projectA" ? throw new CategorizedErrorException("used up", JournalErrorCategory.QuotaExceeded, resetAt: reset) : null;
        });

        var after = Find(batch);
        Assert.Equal((RunEnd.Paused, 6d), (result.End, after.QuotaUse.UsedBy("projectB")));
        Assert.Equal(reset, after.PausedUntil!.Value, TimeSpan.FromSeconds(1));
        Assert.Contains("projectA is closed by the other side, projectB 6 of 6", after.PauseReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_takes_a_closed_project_all_the_same_pauses_the_batch_instead_of_trying_for_ever()
    {
        var batch = Start(5, Two);
        var tries = 0;

        var result = Run(batch, (task, _) =>
        {
            tries++;
            task.AddQuota(0, "projectA");
            throw new CategorizedErrorException("used up", JournalErrorCategory.QuotaExceeded, retryAfter: TimeSpan.FromHours(1));
        });

        Assert.Equal((RunEnd.Paused, 2), (result.End, tries));
        Assert.NotNull(Find(batch).PausedUntil);
    }

    [Fact]
    public void Units_that_no_project_has_left_pause_the_batch_until_one_has()
    {
        var batch = Start(5, Two with { QuotaReset = QuotaReset.Every(TimeSpan.FromDays(1)) });

        var result = Run(batch, static (task, _) => { task.TakeQuota(7); return null; });

        var after = Find(batch);
        Assert.Equal((RunEnd.Paused, 1L, 0), (result.End, after.Completed, Tasks(batch)[1].Attempts));
        Assert.Equal(after.QuotaResetsAt!.Value, after.PausedUntil!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_larger_limit_of_one_project_lifts_the_pause()
    {
        var batch = Start(9, Two with { QuotaReset = QuotaReset.Every(TimeSpan.FromDays(1)) });
        Run(batch, Spend);
        Assert.Equal(8L, Find(batch).Completed);
        RunOrder Order(double limit) => new(RunMode.ResumeOrNew, new RunDefinition("work", batch.Stages))
        {
            Options = options => options with { QuotaLimits = new Dictionary<string, double> { ["projectA"] = 10, ["projectB"] = limit } },
        };

        Assert.Equal(RunReadiness.Paused, RunPreparation.Prepare(Store, Order(7)).Readiness);
        var prepared = RunPreparation.Prepare(Store, Order(8));
        Assert.Equal((RunReadiness.Ready, RunEnd.Done), (prepared.Readiness, Run(prepared.Batch!, Spend).End));
        Assert.Equal(8d, Find(batch).QuotaUse.UsedBy("projectB"));

        static object? Spend(RunningTask task, CancellationToken stop)
        {
            task.TakeQuota(2);
            return null;
        }
    }
}
