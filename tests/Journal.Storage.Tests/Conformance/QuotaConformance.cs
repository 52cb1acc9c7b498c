using Journal.Lifecycle;
using Journal.Storage.Tests.Support;
using Journal.Storage.Transfer;

namespace Journal.Storage.Tests.Conformance;

/// <summary>What a store promises about quotas by project: what is used is counted by project and by period, for all workers, and goes along with the batch.</summary>
public abstract class QuotaConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    private static readonly BatchOptions Daily = new()
    {
        QuotaLimits = new Dictionary<string, double> { ["A"] = 10, ["B"] = 5 }, QuotaReset = QuotaReset.Every(TimeSpan.FromDays(1)),
    };

    [Fact]
    public void Use_is_counted_by_project_in_any_case_and_only_of_projects_with_a_limit()
    {
        var batch = Limited(Daily, 4);
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 3, QuotaProject = "a" }));
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 4, QuotaProject = "A" }));
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 2, QuotaProject = "other" }));
        var after = Exchange(batch, 0, Complete(ClaimOne(batch), new TaskReport { Quota = 1 })).Batch;

        Assert.Equal((10d, 7d, 0d), (after.QuotaConsumed, after.QuotaUse!.UsedBy("A"), after.QuotaUse.UsedBy("B")));
        Assert.Equal(["A"], Again(batch).QuotaUse.Projects);
        Assert.Equal([("", 1d), ("A", 4d), ("a", 3d), ("other", 2d)], Store.ReadFigures(batch.Id).QuotaByProject.Select(static of => (of.Key ?? "", of.Value)).OrderBy(static of => of.Item1, StringComparer.Ordinal));
        Assert.Equal((3d, 5d), (Left(batch, "A"), Left(batch, "b")));
        IsSound();
    }

    [Fact]
    public void An_attempt_that_used_several_projects_charges_each()
    {
        var batch = Limited(Daily, 1);
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 6, QuotaProject = "B", QuotaByProject = new Dictionary<string, double> { ["A"] = 4, ["B"] = 1 } }));

        Assert.Equal((4d, 2d), (Again(batch).QuotaUse.UsedBy("A"), Again(batch).QuotaUse.UsedBy("B")));
        Assert.Equal(6d, Again(batch).QuotaConsumed);
        IsSound();
    }

    [Fact]
    public void Workers_that_charge_at_the_same_time_lose_nothing()
    {
        var batch = Limited(Daily, 40);
        var claimed = Claim(batch, 40);
        Parallel.ForEach(claimed.Chunk(5), some =>
        {
            foreach (var task in some) Store.Apply([Complete(task, new TaskReport { Quota = 0.25, QuotaProject = task.Id % 2 == 0 ? "A" : "b" })]);
        });

        Assert.Equal((10d, 10d), (Again(batch).QuotaConsumed, Again(batch).QuotaUse.UsedBy("A") + Again(batch).QuotaUse.UsedBy("B")));
        IsSound();
    }

    [Fact]
    public void A_new_period_begins_for_all_projects_and_what_the_transaction_uses_is_of_it()
    {
        var batch = Limited(Daily, 4);
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 10, QuotaProject = "A" }));
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 5, QuotaProject = "B" }));
        Assert.True(Again(batch).IsQuotaUsedUp);
        var task = ClaimOne(batch);
        Fixture.Time.Advance(TimeSpan.FromDays(1));

        Exchange(batch, 0, Complete(task, new TaskReport { Quota = 2, QuotaProject = "B" }));

        Assert.Equal((0d, 2d, false), (Again(batch).QuotaUse.UsedBy("A"), Again(batch).QuotaUse.UsedBy("B"), Again(batch).IsQuotaUsedUp));
        IsSound();
    }

    [Fact]
    public void A_project_that_the_other_side_closed_stays_closed_until_its_time_or_where_nobody_knows_until_the_renewal_or_a_resumption()
    {
        var batch = Limited(Daily, 2);
        var until = Now + TimeSpan.FromDays(3);
        Make(Closing(ClaimOne(batch), "A", until));
        Make(Closing(ClaimOne(batch), "B", null));
        Assert.Equal((until, DateTimeOffset.MaxValue), (Again(batch).QuotaUse.ClosedUntil("A"), Again(batch).QuotaUse.ClosedUntil("B")));
        Assert.Equal((0d, true), (Left(batch, "A"), Again(batch).IsQuotaUsedUp));

        Store.Apply(batch.Id, BatchMove.Pause("Interrupted"));
        Store.Apply(batch.Id, BatchMove.Resume("run again"));
        Assert.Equal((until, null), (Again(batch).QuotaUse.ClosedUntil("A"), Again(batch).QuotaUse.ClosedUntil("B")));
        Fixture.Time.Advance(TimeSpan.FromDays(1));
        Exchange(batch, 0);
        Assert.Equal(until, Again(batch).QuotaUse.ClosedUntil("A"));
        Store.Apply(batch.Id, BatchMove.Resume("lift") with { LiftsHolds = true });
        Assert.Null(Again(batch).QuotaUse.ClosedUntil("A"));
        IsSound();
    }

    [Fact]
    public void A_limit_that_is_given_later_counts_what_the_project_used_and_another_limit_opens_it()
    {
        var batch = Limited(new BatchOptions(), 3);
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 3, QuotaProject = "a" }));
        Store.AmendBatch(batch.Id, new BatchAmendment { Options = Daily });
        Assert.Equal(3d, Again(batch).QuotaUse.UsedBy("A"));

        Make(Closing(ClaimOne(batch), "A", null));
        Store.AmendBatch(batch.Id, new BatchAmendment { Options = Daily with { MaxRetries = 7 } });
        Assert.NotNull(Again(batch).QuotaUse.ClosedUntil("A"));
        Store.AmendBatch(batch.Id, new BatchAmendment { Options = Daily with { QuotaLimits = new Dictionary<string, double> { ["A"] = 20 } } });
        Assert.Equal((3d, null), (Again(batch).QuotaUse.UsedBy("A"), Again(batch).QuotaUse.ClosedUntil("A")));
        IsSound();
    }

    [Fact]
    public void The_period_goes_along_with_a_copy_and_with_an_import()
    {
        var batch = Limited(Daily with { QuotaLimit = null }, 3);
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 4, QuotaProject = "A" }));
        var task = ClaimOne(batch);
        Fixture.Time.Advance(TimeSpan.FromDays(1));
        Exchange(batch, 0, Complete(task, new TaskReport { Quota = 2, QuotaProject = "B" }));
        var was = Again(batch);

        Store.Import([FullReader.ReadBatch(Store, was) with { Batch = was with { Id = "copy-1" }, Tasks = FullReader.ReadTasks(Store, was) }]);

        var copy = Store.RequireBatch("copy-1");
        Assert.Equal((was.QuotaConsumed, was.QuotaBefore, was.QuotaSince, was.QuotaUse), (copy.QuotaConsumed, copy.QuotaBefore, copy.QuotaSince, copy.QuotaUse));
        Assert.Equal((6d, 4d, 2d), (copy.QuotaConsumed, copy.QuotaBefore, copy.QuotaUse.UsedBy("B")));
        IsSound();
    }

    [Fact]
    public void Of_a_part_of_its_tasks_no_more_was_used_before_the_period_than_they_used()
    {
        var batch = Limited(Daily, 2);
        Make(Complete(ClaimOne(batch), new TaskReport { Quota = 4, QuotaProject = "A" }));
        Fixture.Time.Advance(TimeSpan.FromDays(1));
        Exchange(batch, 0);
        var was = Again(batch);

        Store.Import([FullReader.ReadBatch(Store, was) with { Batch = was with { Id = "copy-1" }, Tasks = FullReader.ReadTasks(Store, was, static task => task.Status is JournalTaskStatus.Pending) }]);

        Assert.Equal((0d, 0d), (Store.RequireBatch("copy-1").QuotaConsumed, Store.RequireBatch("copy-1").QuotaBefore));
        IsSound();
    }

    private static TaskMove Closing(JournalTask task, string project, DateTimeOffset? until) =>
        TaskMove.Refund(task.Id, task.Token, Broken, TaskReport.Nothing, null, null, "quota") with { ClosesProject = project, ProjectClosedUntil = until };

    private double Left(JournalBatch batch, string project) => Convert.ToDouble(Again(batch).QuotaLeftByProject[project], System.Globalization.CultureInfo.InvariantCulture);

    private JournalBatch Limited(BatchOptions options, int tasks)
    {
        var batch = Store.CreateBatch(new NewBatch("limited") { Options = options });
        Add(batch, [.. Enumerable.Range(0, tasks).Select(static n => $"k{n}")]);
        return batch;
    }
}
