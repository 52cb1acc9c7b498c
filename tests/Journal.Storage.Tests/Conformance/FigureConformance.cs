using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>Figures, against numbers worked out by hand.</summary>
public abstract class FigureConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Fact]
    public void Durations_are_those_of_completed_tasks()
    {
        // 10, 20, 30, 40 s: mean 25, lower middle 20, rank ceil(3.8) = 4 → 40; variance (225 + 25 + 25 + 225) / 4 = 125.
        var batch = Batch("a", "b", "c", "d", "e");
        CompleteIn(batch, 40, 10, 30, 20);
        var failing = ClaimOne(batch);
        Make(TaskMove.Fail(failing.Id, failing.Token, Broken, TaskReport.Nothing, TimeSpan.FromSeconds(500)));

        var durations = Store.ReadFigures(batch.Id).Durations;

        Assert.Equal((4, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(40)),
            (durations.Count, durations.Mean, durations.Median, durations.P95, durations.Max));
        Assert.Equal(Math.Sqrt(125), durations.StandardDeviation!.Value.TotalSeconds, 0.00001);
        Assert.Equal(TimeSpan.FromSeconds(600), Store.ReadFigures(batch.Id).ActiveTime);
    }

    [Fact]
    public void The_95th_percentile_goes_by_nearest_rank()
    {
        // Of 1..20 s the 19th: 0.95 × 20 = 19 exactly. Of 1..21 s the 20th: 19.95 rounded up.
        var twenty = Batch([.. Enumerable.Range(1, 20).Select(static i => $"k{i}")]);
        CompleteIn(twenty, [.. Enumerable.Range(1, 20)]);
        var more = Batch([.. Enumerable.Range(1, 21).Select(static i => $"k{i}")]);
        CompleteIn(more, [.. Enumerable.Range(1, 21)]);

        Assert.Equal(TimeSpan.FromSeconds(19), Store.ReadFigures(twenty.Id).Durations.P95);
        Assert.Equal(TimeSpan.FromSeconds(10), Store.ReadFigures(twenty.Id).Durations.Median);
        Assert.Equal(TimeSpan.FromSeconds(20), Store.ReadFigures(more.Id).Durations.P95);
        Assert.Equal(TimeSpan.FromSeconds(11), Store.ReadFigures(more.Id).Durations.Median);
    }

    [Fact]
    public void Attempts_are_tallied_by_batch_outcome_category_and_how_long_they_took()
    {
        var batch = Batch("a", "b", "c");
        CompleteIn(batch, 1, 20_000);
        var failing = ClaimOne(batch);
        Make(TaskMove.Retry(failing.Id, failing.Token, Broken, TaskReport.Nothing, Store.Now, TimeSpan.FromSeconds(7), "again"));
        failing = ClaimOne(batch);
        Make(TaskMove.Fail(failing.Id, failing.Token, Broken, TaskReport.Nothing, TimeSpan.FromSeconds(8)));
        Batch("of another");

        var tallies = Store.TallyAttempts().Where(tally => tally.BatchId == batch.Id).OrderBy(static tally => tally.Duration).ToList();

        Assert.Equal(4, Store.TallyAttempts().Sum(static tally => tally.Count));
        Assert.Equal(
            [
                new AttemptTally(batch.Id, JournalAttemptOutcome.Completed, JournalErrorCategory.None, 2, 1, TimeSpan.FromSeconds(1)),
                new AttemptTally(batch.Id, JournalAttemptOutcome.Failed, Broken.Category, 4, 2, TimeSpan.FromSeconds(15), Repeated: 1),
                new AttemptTally(batch.Id, JournalAttemptOutcome.Completed, JournalErrorCategory.None, AttemptTally.Stretches.Count, 1, TimeSpan.FromSeconds(20_000)),
            ],
            tallies);
    }

    [Fact]
    public void A_batch_where_nothing_was_done_has_no_durations()
    {
        var figures = Store.ReadFigures(Batch("a").Id);

        Assert.Equal(default, figures.Durations);
        Assert.Equal((0d, 1d, TimeSpan.Zero, 0L), (figures.WeightDone, figures.WeightLeft, figures.ActiveTime, figures.Outputs));
        Assert.Equal(new JournalStageSummary("", 1, 0, 0, 0, 0, 0, null, null, null), Assert.Single(figures.Stages));
        Fails("BatchNotFound", () => Store.ReadFigures("nobody"));
    }

    [Fact]
    public void Weights_outputs_and_quota_add_up()
    {
        var batch = Store.CreateBatch(new NewBatch("a"));
        Store.AddTasks(batch.Id, [New("a") with { Weight = 5 }, New("b") with { Weight = 2.5 }, New("c") with { Weight = 10 }, New("d") with { Weight = 1 }]);
        var tasks = Claim(batch, 3);
        Exchange(batch, 0,
            Complete(tasks[0], new TaskReport { Outputs = ["/1", "/2"], Quota = 3, QuotaProject = "p" }),
            TaskMove.Fail(tasks[1].Id, tasks[1].Token, Broken, new TaskReport { Outputs = ["/3"], Quota = 1 }));

        var figures = Store.ReadFigures(batch.Id);

        Assert.Equal((7.5, 11d, 2L), (figures.WeightDone, figures.WeightLeft, figures.Outputs));
        Assert.Equal([new KeyValuePair<string?, double>(null, 1), new("p", 3)], figures.QuotaByProject);
        Assert.Equal(4, Again(batch).QuotaConsumed);
    }

    [Fact]
    public void Errors_are_counted_by_category_and_signature()
    {
        var batch = Batch("a", "b", "c", "d");
        var other = new TaskError(JournalErrorCategory.NotFound, "No page 7", "No page #");
        var tasks = Claim(batch, 4);
        Exchange(batch, 0, Fail(tasks[0], other), Fail(tasks[1]), Fail(tasks[2], Broken with { Message = "Connection 18 was reset" }), Complete(tasks[3]));

        Assert.Equal(
            [
                new JournalErrorSummary(JournalErrorCategory.NetworkError, Broken.Signature, 2, Broken.Message, "b"),
                new JournalErrorSummary(JournalErrorCategory.NotFound, "No page #", 1, "No page 7", "a"),
            ],
            Store.ReadFigures(batch.Id).Errors);
    }

    [Fact]
    public void Each_stage_has_its_own_figures()
    {
        var batch = Batch(["Get", "Put"], "a", "b", "c", "d");
        var tasks = Claim(batch, 3);
        Exchange(batch, 0,
            TaskMove.Advance(tasks[0].Id, tasks[0].Token, TaskReport.Nothing, TimeSpan.FromSeconds(2), keepsClaim: true),
            TaskMove.Advance(tasks[1].Id, tasks[1].Token, TaskReport.Nothing, TimeSpan.FromSeconds(4), keepsClaim: false),
            TaskMove.Retry(tasks[2].Id, tasks[2].Token, Broken, TaskReport.Nothing, Now, Second, "again"));
        Make(TaskMove.Complete(tasks[0].Id, 2, TaskReport.Nothing, TimeSpan.FromSeconds(10)));
        var put = ClaimOne(batch);
        Make(TaskMove.Fail(put.Id, put.Token, Broken, TaskReport.Nothing, Second));
        Assert.Equal("c", ClaimOne(batch).Key);

        var stages = Store.ReadFigures(batch.Id).Stages;

        Assert.Equal(("Get", 1L, 1L, 2L, 0L, 1L), (stages[0].Stage, stages[0].Waiting, stages[0].InProgress, stages[0].Done, stages[0].Failed, stages[0].Retries));
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)), (stages[0].MeanDuration, stages[0].MedianDuration, stages[0].P95Duration));
        // What failed for good is a failed attempt, but was not tried again.
        Assert.Equal(("Put", 0L, 0L, 1L, 1L, 0L), (stages[1].Stage, stages[1].Waiting, stages[1].InProgress, stages[1].Done, stages[1].Failed, stages[1].Retries));
        Assert.Equal((1L, 1L), (stages[0].FailedAttempts, stages[1].FailedAttempts));
        Assert.Equal(TimeSpan.FromSeconds(10), stages[1].MeanDuration);
        Assert.Equal(TimeSpan.FromSeconds(12), Store.ReadFigures(batch.Id).Durations.Mean);
    }

    [Fact]
    public void Groups_are_counted_and_measured()
    {
        var batch = Batch("a", "b", "c", "d");
        CompleteIn(batch, 10, 20, 30);
        var start = Now;
        Fixture.Time.Advance(TimeSpan.FromHours(2));
        Make(Fail(ClaimOne(batch)));

        var groups = Store.GroupTasks(new GroupQuery(TaskQuery.All, [new(TaskGroupKey.Status)])).ToList();

        Assert.Equal([JournalTaskStatus.Completed, JournalTaskStatus.Failed], groups.Select(static group => group.Values[0]));
        Assert.Equal((3L, 3L, 0L, "a"), (groups[0].Count, groups[0].Succeeded, groups[0].Failed, groups[0].Example));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30)), (groups[0].MeanDuration, groups[0].MedianDuration, groups[0].P95Duration));
        Assert.Equal((start, start), (groups[0].FirstAt, groups[0].LastAt));
        Assert.Equal((1L, 0L, 1L, null), (groups[1].Count, groups[1].Succeeded, groups[1].Failed, groups[1].MedianDuration));
        var hours = Store.GroupTasks(new GroupQuery(TaskQuery.All, [new(TaskGroupKey.Hour)])).Select(static group => group.Values[0]);
        Assert.Equal([start, start + TimeSpan.FromHours(2)], hours.Cast<DateTimeOffset>());
        var day = Assert.Single(Store.GroupTasks(new GroupQuery(TaskQuery.All, [new(TaskGroupKey.Day)])));
        Assert.Equal(new DateTimeOffset(2025, 3, 1, 0, 0, 0, TimeSpan.Zero), day.Values[0]);
    }

    [Fact]
    public void Groups_go_by_any_column_and_by_several()
    {
        var batch = Store.CreateBatch(new NewBatch("a") { SourceType = "String", Stages = JsonList.From(["Get", "Put"]) });
        Store.AddTasks(batch.Id,
        [
            New("a") with { Metadata = JsonMap.From([new("subject", "AI"), new("n", 1)]) }, New("b") with { Metadata = JsonMap.From([new("Subject", "AI"), new("n", 2.5)]) },
            New("c") with
            {
                SourceType = "Url", Metadata = JsonMap.From([new("n", true)]),
                Input = new TaskInput(TaskInputKind.Json, """{"Camera":"M6","Taken":{"$type":"datetime","$value":"2024-01-02T00:00:00.0000000"}}"""),
            },
        ]);
        var task = ClaimOne(batch);
        Make(TaskMove.Fail(task.Id, task.Token, Broken, new TaskReport { Quota = 1, QuotaProject = "p" }));

        (object?, long)[] By(TaskGroupKey key, string? path = null) =>
            [.. Store.GroupTasks(new GroupQuery(new TaskQuery { BatchIds = [batch.Id] }, [new(key, path)])).Select(static group => (group.Values[0], group.Count))];
        Assert.Equal([(batch.Id, 3L)], By(TaskGroupKey.BatchId));
        Assert.Equal([(JournalErrorCategory.None, 2L), (JournalErrorCategory.NetworkError, 1L)], By(TaskGroupKey.ErrorCategory));
        Assert.Equal([(null, 2L), (Broken.Signature, 1L)], By(TaskGroupKey.Signature));
        Assert.Equal([(null, 2L), (Ann.Name, 1L)], By(TaskGroupKey.Worker));
        Assert.Equal([("Get", 3L)], By(TaskGroupKey.Stage));
        Assert.Equal([("String", 2L), ("Url", 1L)], By(TaskGroupKey.SourceType));
        Assert.Equal([(null, 2L), ("p", 1L)], By(TaskGroupKey.QuotaProject));
        Assert.Equal([("AI", 2L), (null, 1L)], By(TaskGroupKey.Metadata, "subject"));
        Assert.Equal([(1L, 1L), (2.5, 1L), (true, 1L)], By(TaskGroupKey.Metadata, "n"));
        Assert.Equal([(null, 2L), ("M6", 1L)], By(TaskGroupKey.Input, "camera"));
        Assert.Equal([(null, 2L), ("2024-01-02T00:00:00.0000000", 1L)], By(TaskGroupKey.Input, "Taken"));
        var pairs = Store.GroupTasks(new GroupQuery(new TaskQuery { Statuses = [JournalTaskStatus.Pending] }, [new(TaskGroupKey.Metadata, "subject"), new(TaskGroupKey.SourceType)]));
        Assert.Equal([("AI", "String"), (null, "Url")], pairs.Select(static group => (group.Values[0], group.Values[1])));
    }

    private void CompleteIn(JournalBatch batch, params int[] seconds)
    {
        var tasks = Claim(batch, seconds.Length);
        Exchange(batch, 0, [.. tasks.Zip(seconds, static (task, s) => TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing, TimeSpan.FromSeconds(s)))]);
    }
}
