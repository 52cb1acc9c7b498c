using System.Text.Json;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Tests.Statistics;

public class BatchSummaryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly BatchFigures Figures = new(
        DurationStatistics.Of([.. Enumerable.Repeat(TimeSpan.FromSeconds(10), 60)]),
        WeightDone: 100, WeightLeft: 100, ActiveTime: TimeSpan.FromSeconds(800),
        Errors:
        [
            new JournalErrorSummary(JournalErrorCategory.NotFound, "Cannot find <value>", 12, "Cannot find 'a'", "a"),
            new JournalErrorSummary(JournalErrorCategory.Timeout, "timed out", 6, "timed out", "b"),
            new JournalErrorSummary(JournalErrorCategory.NotFound, "gone", 2, "gone", "c"),
        ],
        Stages: [new JournalStageSummary("Download", 10, 2, 60, 8, 3, 11, null, null, null), new JournalStageSummary("Convert", 28, 0, 32, 12, 1, 13, null, null, null)],
        Outputs: 55,
        QuotaByProject: [new("alpha", 5), new(null, 2.5), new("ALPHA", 1)]);

    private static JournalBatch Batch(JournalBatchStatus status = JournalBatchStatus.Running, TaskCounts? counts = null, double? quotaLimit = 8, DateTimeOffset? pausedUntil = null) => new()
    {
        Id = "photos-20260301-100000", Name = "photos", Status = status, Counts = counts ?? new TaskCounts(98, 2, 60, 20, 15, 5),
        QuotaConsumed = 8.5, Options = new BatchOptions { QuotaLimit = quotaLimit }, PausedUntil = pausedUntil, JournalPath = "/j.db",
    };

    [Fact]
    public void It_counts_what_a_user_asks_for()
    {
        var summary = BatchSummary.Build(Batch(), Figures, 4, Now);
        Assert.Equal((200, 60, 20, 15, 5, 100), (summary.Total, summary.Completed, summary.Failed, summary.Skipped, summary.Canceled, summary.Remaining));
        Assert.Equal(50, summary.Percent);
        Assert.Equal(75, summary.SuccessRate);
        Assert.Equal(55, summary.Outputs);
        Assert.Equal((4, 24), (summary.Retries, summary.FailedAttempts));
        Assert.Equal(TimeSpan.FromSeconds(10), summary.P95Duration);
    }

    [Theory]
    [InlineData(45, 3, 93.8)]
    [InlineData(2, 1, 66.7)]
    [InlineData(1, 2, 33.3)]
    // All and none are said of all and none alone.
    [InlineData(9_999, 1, 99.9)]
    [InlineData(1, 9_999, 0.1)]
    [InlineData(10_000, 0, 100)]
    [InlineData(0, 10_000, 0)]
    public void The_success_rate_is_rounded_and_not_cut(long completed, long failed, double expected) =>
        Assert.Equal(expected, new TaskCounts(0, 0, completed, failed, 0, 0).SuccessRate);

    [Fact]
    public void An_estimate_without_anything_measured_is_none_rather_than_zero() =>
        Assert.Equal((null, null), (BatchSummary.Build(Batch(), Figures with { ActiveTime = TimeSpan.Zero }, 1, Now).Eta, BatchSummary.Build(Batch(), Figures with { ActiveTime = TimeSpan.Zero }, 1, Now).EtaP90));

    [Fact]
    public void Nothing_tried_is_no_rate_rather_than_a_bad_one() =>
        Assert.Null(BatchSummary.Build(Batch(counts: new TaskCounts(5, 0, 0, 0, 3, 0)), Figures, 1, Now).SuccessRate);

    [Fact]
    public void Quota_that_is_overdrawn_is_none_left_and_no_limit_is_not_zero_left()
    {
        Assert.Equal(0, BatchSummary.Build(Batch(), Figures, 1, Now).QuotaLeft);
        Assert.Equal(1.5, BatchSummary.Build(Batch(quotaLimit: 10), Figures, 1, Now).QuotaLeft);
        Assert.Null(BatchSummary.Build(Batch(quotaLimit: null), Figures, 1, Now).QuotaLeft);
    }

    [Fact]
    public void Errors_and_projects_are_added_up_the_largest_first()
    {
        var summary = BatchSummary.Build(Batch(), Figures, 1, Now);
        Assert.Equal("""{"NotFound":14,"Timeout":6}""", summary.ErrorsByCategory.ToString());
        Assert.Equal("""{"alpha":6,"(none)":2.5}""", summary.QuotaByProject.ToString());
    }

    [Fact]
    public void Lists_survive_Export_Csv_as_JSON_that_can_be_read_back()
    {
        var summary = BatchSummary.Build(Batch(), Figures, 1, Now);
        using var errors = JsonDocument.Parse(summary.ErrorsBySignature.ToString());
        Assert.Equal(12, errors.RootElement[0].GetProperty("Count").GetInt64());
        Assert.Equal("Cannot find <value>", errors.RootElement[0].GetProperty("Signature").GetString());
        using var stages = JsonDocument.Parse(summary.Stages.ToString());
        Assert.Equal("Convert", stages.RootElement[1].GetProperty("Stage").GetString());
        Assert.Equal("12 × NotFound: Cannot find 'a'", summary.ErrorsBySignature[0].ToString());
        Assert.Equal("Download: 10 waiting, 2 in progress, 60 done, 8 failed", summary.Stages[0].ToString());
        Assert.Equal("[]", BatchSummary.Build(Batch(), Figures with { Stages = [Figures.Stages[0] with { Stage = "" }] }, 1, Now).Stages.ToString());
    }

    [Fact]
    public void The_finish_follows_from_the_work_that_was_done_not_from_the_age_of_the_batch()
    {
        // 80 of the 100 that ended took 800 s of work: 100 more take 1,000 s of work, or a quarter of it four at a time.
        var eta = BatchSummary.Build(Batch(), Figures, 4, Now).Eta!.Value.TotalSeconds;
        Assert.InRange(eta, 250, 256);
        Assert.InRange(BatchSummary.Build(Batch(), Figures, 1, Now).Eta!.Value.TotalSeconds, 999, 1001);
        Assert.Equal(Now.AddSeconds(eta), BatchSummary.Build(Batch(), Figures, 4, Now).FinishAt!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_finish_date_is_given_only_where_the_clock_runs_towards_it()
    {
        Assert.Null(BatchSummary.Build(Batch(JournalBatchStatus.Ready), Figures, 1, Now).FinishAt);
        Assert.Null(BatchSummary.Build(Batch(JournalBatchStatus.Paused), Figures, 1, Now).FinishAt);
        Assert.Null(BatchSummary.Build(Batch(JournalBatchStatus.Completed, new TaskCounts(0, 0, 5, 0, 0, 0)), Figures, 1, Now).FinishAt);
        var paused = BatchSummary.Build(Batch(JournalBatchStatus.Paused, pausedUntil: Now.AddHours(4)), Figures, 1, Now);
        Assert.Equal(Now.AddHours(4) + paused.Eta, paused.FinishAt);
        var over = BatchSummary.Build(Batch(JournalBatchStatus.Paused, pausedUntil: Now.AddHours(-4)), Figures, 1, Now);
        Assert.Equal(Now + over.Eta, over.FinishAt);
    }

    [Fact]
    public void A_batch_that_has_not_begun_has_no_estimate()
    {
        var nothing = new BatchFigures(default, 0, 100, TimeSpan.Zero, [], [], 0, []);
        var summary = BatchSummary.Build(Batch(JournalBatchStatus.Ready, new TaskCounts(100, 0, 0, 0, 0, 0)), nothing, 1, Now);
        Assert.Null(summary.Eta);
        Assert.Null(summary.EtaP90);
        Assert.Null(summary.FinishAt);
    }
}
