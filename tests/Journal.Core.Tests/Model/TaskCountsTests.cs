namespace Journal.Tests.Model;

public class TaskCountsTests
{
    private static readonly Gen<TaskCounts> AnyCounts = Gen.Choose(0, 100_000).ArrayOf(6).Select(static n => new TaskCounts(n[0], n[1], n[2], n[3], n[4], n[5]));
    private static readonly Gen<JournalTaskStatus> AnyStatus = Gen.Elements(Enum.GetValues<JournalTaskStatus>());

    [Fact]
    public void Every_task_is_open_or_ended() => Law.Holds(AnyCounts, static counts =>
        counts.Total == counts.Open + counts.Ended && counts.Total == Enum.GetValues<JournalTaskStatus>().Sum(counts.Of));

    [Fact]
    public void A_move_changes_two_numbers_and_never_the_total() => Law.Holds(
        from counts in AnyCounts from a in AnyStatus from b in AnyStatus from n in Gen.Choose(0, 50) select (counts, a, b, n),
        static c => c.counts.Moved(c.a, c.b, c.n) is var moved
            && moved.Total == c.counts.Total
            && moved.Of(c.a) == c.counts.Of(c.a) - (c.a == c.b ? 0 : c.n)
            && moved.Of(c.b) == c.counts.Of(c.b) + (c.a == c.b ? 0 : c.n)
            && moved.Moved(c.b, c.a, c.n) == c.counts);

    [Fact]
    public void New_and_removed_tasks_change_the_total() => Law.Holds(
        from counts in AnyCounts from a in AnyStatus from n in Gen.Choose(0, 50) select (counts, a, n),
        static c => c.counts.Moved(null, c.a, c.n).Total == c.counts.Total + c.n && c.counts.Moved(c.a, null, c.n).Total == c.counts.Total - c.n);

    [Fact]
    public void A_hundred_percent_means_all_or_a_user_would_switch_the_machine_off_too_early() => Law.Holds(AnyCounts, static counts =>
        counts.Percent is >= 0 and <= 100 && (counts.Percent == 100) == (counts.Total > 0 && counts.Open == 0));

    [Fact]
    public void One_of_a_hundred_thousand_left_is_not_a_hundred_percent()
    {
        Assert.Equal(99.9, new TaskCounts(1, 0, 99_999, 0, 0, 0).Percent);
        Assert.Equal(0, default(TaskCounts).Percent);
    }
}
