using Journal.Policy;

namespace Journal.Tests.Policy;

public class CircuitBreakerTests
{
    private static FailedAttempt Attempt(long task, long token = 1) => new(task, token);

    [Fact]
    public void As_many_tasks_in_a_row_as_the_threshold_trip_it()
    {
        var breaker = new CircuitBreaker(3);
        Assert.Equal([false, false, true, true], new long[] { 1, 2, 3, 4 }.Select(task => breaker.Failed(Attempt(task), $"down {task}")));
        Assert.Equal("down 4", breaker.Signature);
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
    public void One_signature_trips_it_at_half_the_number_and_two_in_turn_at_the_whole()
    {
        var alike = new CircuitBreaker(12);
        Assert.Equal(6, Enumerable.Range(1, 12).First(task => alike.Failed(Attempt(task), "down")));
        Assert.True(alike.IsOfOneSignature);

        var inTurn = new CircuitBreaker(12);
        Assert.Equal(12, Enumerable.Range(1, 100).First(task => inTurn.Failed(Attempt(task), task % 2 == 0 ? "a" : "b")));
        Assert.False(inTurn.IsOfOneSignature);

        var mixed = new CircuitBreaker(12);
        mixed.Failed(Attempt(99), "something else");
        Assert.Equal(6, Enumerable.Range(1, 12).First(task => mixed.Failed(Attempt(task), "down")));
        Assert.Equal(7, mixed.Streak.Count);
    }

    [Theory]
    [InlineData(1, 1, 1, true)]
    [InlineData(1, 1, 2, false)]
    [InlineData(2, 2, 2, true)]
    [InlineData(2, 2, 3, true)]
    [InlineData(12, 12, 25, false)]
    [InlineData(13, 13, 25, true)]
    [InlineData(50, 50, 0, false)]
    public void One_signature_needs_half_of_the_threshold_and_two_tasks(int tasks, int alike, int threshold, bool expected) =>
        Assert.Equal(expected, CircuitBreaker.Trips(tasks, alike, threshold));

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
