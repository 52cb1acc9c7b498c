using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>A file has no clock but those of its users, and one of them may have been a year ahead.</summary>
public sealed class SqliteClockTests : StoreTest<SqliteFixture>
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_retry_that_a_wrong_clock_put_off_waits_as_long_as_was_meant()
    {
        var batch = Batch("a", "b");
        Fixture.Time.Advance(Year);
        foreach (var task in Claim(batch, 2)) Make(Retry(task, Minute * task.Id));
        Fixture.Time.Advance(-Year);

        Assert.Equal(Now + Minute, Exchange(batch, 1).Batch.NextDue);
        Fixture.Time.Advance(Minute);
        Assert.Equal("a", ClaimOne(batch).Key);
        Assert.Equal(Now + Minute, Exchange(batch, 1).Batch.NextDue);
    }

    [Fact]
    public void A_retry_that_a_right_clock_put_off_for_a_year_waits_for_a_year()
    {
        var batch = Batch("a");
        Make(Retry(ClaimOne(batch), Year));
        Fixture.Time.Advance(Minute);
        Assert.Equal(Now + Year - Minute, Exchange(batch, 1).Batch.NextDue);
    }

    [Fact]
    public void A_pause_that_a_wrong_clock_ordered_ends_when_it_was_meant_to()
    {
        var batch = Batch("a");
        Fixture.Time.Advance(Year);
        Store.Apply(batch.Id, BatchMove.Pause("quota", Now + Minute));
        Fixture.Time.Advance(-Year);

        Assert.Equal(Now + Minute, Exchange(batch, 1).Batch.PausedUntil);
        Fixture.Time.Advance(Minute);
        ClaimOne(batch);
    }
}
