using Journal.Policy;

namespace Journal.Tests.Policy;

public class CircuitBreakerTests
{
    private static FailedAttempt Attempt(long task, long token = 1) => new(task, token);

    [Fact]
    public void As_many_tasks_in_a_row_as_the_threshold_trip_it()
    {
        var breaker = new CircuitBreaker(3);
        Assert.Equal([false, false, true, true], new long[] { 1, 2, 3, 4 }.Select(task => breaker.Failed(Attempt(task), "down")));
        Assert.Equal("down", breaker.Signature);
        Assert.Equal([1, 2, 3, 4], breaker.Streak.Select(static failure => failure.TaskId));
    }

    [Fact]
    public void One_bad_task_that_is_retried_does_not_stop_all_the_others()
    {
        var breaker = new CircuitBreaker(2);
        for (var attempt = 1; attempt <= 10; attempt++) Assert.False(breaker.Failed(Attempt(7, attempt), "bad"));
        Assert.True(breaker.Failed(Attempt(8), "bad"));
        Assert.Equal(11, breaker.Streak.Count);
        Assert.Contains(Attempt(7, 3), breaker.Streak);
    }

    [Fact]
    public void A_success_shows_that_the_cause_is_not_outside()
    {
        var breaker = new CircuitBreaker(2);
        breaker.Failed(Attempt(1), "down");
        breaker.Succeeded();
        Assert.Empty(breaker.Streak);
        Assert.Null(breaker.Signature);
        Assert.False(breaker.Failed(Attempt(2), "down"));
    }

    [Fact]
    public void Different_errors_are_no_streak()
    {
        var breaker = new CircuitBreaker(2);
        Assert.False(breaker.Failed(Attempt(1), "a"));
        Assert.False(breaker.Failed(Attempt(2), "b"));
        Assert.Equal([2], breaker.Streak.Select(static failure => failure.TaskId));
        Assert.True(breaker.Failed(Attempt(3), "b"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Turned_off_it_never_trips(int threshold)
    {
        var breaker = new CircuitBreaker(threshold);
        for (var task = 0; task < 100; task++) Assert.False(breaker.Failed(Attempt(task), "down"));
        Assert.Empty(breaker.Streak);
    }

    [Fact]
    public void After_a_reset_it_counts_anew()
    {
        var breaker = new CircuitBreaker(1);
        Assert.True(breaker.Failed(Attempt(1), "down"));
        breaker.Reset();
        Assert.Empty(breaker.Streak);
        Assert.True(breaker.Failed(Attempt(2), "down"));
    }
}
