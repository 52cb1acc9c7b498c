using Journal.Policy;
using Journal.Policy.Classifying;
using static Journal.JournalErrorCategory;

namespace Journal.Tests.Policy;

public class RetryPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly JournalErrorCategory[] Retried = [NetworkError, JournalErrorCategory.Timeout, RateLimited, Unknown, None];

    private static readonly Gen<(BatchOptions Options, int Attempts, Classification Error, double Jitter)> AnyFailure =
        from retries in Gen.Choose(-1, 8)
        from delay in Gen.Elements(TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1), TimeSpan.FromDays(400), TimeSpan.MaxValue, TimeSpan.MinValue)
        from cap in Gen.Elements(TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), TimeSpan.MaxValue, TimeSpan.MinValue)
        from attempts in Gen.Elements(0, 1, 2, 3, 7, 63, 64, 5_000, int.MaxValue)
        from category in Gen.Elements(Enum.GetValues<JournalErrorCategory>())
        from after in Gen.Elements<TimeSpan?>(null, TimeSpan.FromSeconds(-5), TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.MaxValue)
        from reset in Gen.Elements<DateTimeOffset?>(null, DateTimeOffset.MinValue, Now.AddHours(2), DateTimeOffset.MaxValue)
        from jitter in Gen.Elements(0, 0.25, 0.999)
        select (new BatchOptions { MaxRetries = retries, RetryDelay = delay, MaxRetryDelay = cap }, attempts, new Classification(category, after, reset), jitter);

    private static RetryDecision Decide(JournalErrorCategory category, int attempts = 1, BatchOptions? options = null) =>
        RetryPolicy.Decide(options ?? BatchOptions.Default, null, attempts, new Classification(category), Now, 0);

    [Fact]
    public void A_task_is_never_handed_out_before_the_failure_that_delays_it() => Law.Holds(AnyFailure, static f =>
        RetryPolicy.Decide(f.Options, null, f.Attempts, f.Error, Now, f.Jitter) is var decision
        && (decision.Action is RetryAction.Retry or RetryAction.HoldBack) == decision.NotBefore.HasValue
        && (decision.NotBefore ?? Now) >= Now
        && (decision.PauseUntil ?? Now) >= Now
        && decision.Reason.Length > 0);

    [Fact]
    public void A_wait_is_never_longer_than_the_cap_unless_the_server_asks() => Law.Holds(AnyFailure, static f =>
        RetryPolicy.Backoff(f.Options, f.Attempts, f.Jitter) is var wait && wait >= TimeSpan.Zero && (wait == TimeSpan.Zero || wait <= f.Options.MaxRetryDelay));

    [Fact]
    public void A_server_that_says_when_to_come_back_is_obeyed() => Law.Holds(AnyFailure, static f =>
        RetryPolicy.Decide(f.Options, null, f.Attempts, f.Error, Now, f.Jitter) is not { NotBefore: { } next }
        || ((f.Error.RetryAfter is not { } after || after > DateTimeOffset.MaxValue - Now || next >= Now + after)
            && (f.Error.ResetAt is not { } reset || next >= reset)));

    [Fact]
    public void Without_jitter_each_wait_is_at_least_as_long_as_the_one_before() => Law.Holds(AnyFailure, static f =>
        RetryPolicy.Backoff(f.Options, f.Attempts, 0) >= RetryPolicy.Backoff(f.Options, Math.Max(1, f.Attempts) - 1, 0));

    [Fact]
    public void Jitter_takes_at_most_half_of_the_wait() => Law.Holds(AnyFailure, static f =>
        RetryPolicy.Backoff(f.Options, f.Attempts, 0) is var whole
        && RetryPolicy.Backoff(f.Options, f.Attempts, f.Jitter) is var wait
        && wait <= whole && wait >= whole / 2 - TimeSpan.FromTicks(1));

    [Fact]
    public void A_task_is_tried_once_more_than_its_retries_and_then_never_again() => Law.Holds(AnyFailure, static f =>
        !Retried.Contains(f.Error.Category)
        || RetryPolicy.Decide(f.Options, null, f.Attempts, f.Error, Now, f.Jitter).Action == RetryAction.HoldBack
        || (RetryPolicy.Decide(f.Options, null, f.Attempts, f.Error, Now, f.Jitter).Action == RetryAction.Retry) == (f.Attempts <= Math.Max(0, f.Options.MaxRetries)));

    [Fact]
    public void Who_is_told_when_to_come_back_is_held_back_at_no_cost_but_not_for_ever()
    {
        var told = new Classification(RateLimited, TimeSpan.FromMinutes(2));
        var options = new BatchOptions { MaxRetries = 0 };
        var decision = RetryPolicy.Decide(options, null, 1, told, Now, 0, claims: RetryPolicy.MostHolds - 1);
        Assert.Equal((RetryAction.HoldBack, Now.AddMinutes(2)), (decision.Action, decision.NotBefore));
        Assert.Equal(RetryAction.Fail, RetryPolicy.Decide(options, null, 1, told, Now, 0, claims: RetryPolicy.MostHolds).Action);
        Assert.Equal(RetryAction.Retry, Decide(RateLimited).Action);
        Assert.Equal(RetryAction.Retry, RetryPolicy.Decide(BatchOptions.Default, null, 1, new Classification(RateLimited, null, Now.AddHours(-1)), Now, 0).Action);
    }

    [Fact]
    public void Waits_double_up_to_the_cap()
    {
        var options = new BatchOptions { RetryDelay = TimeSpan.FromSeconds(2), MaxRetryDelay = TimeSpan.FromSeconds(15), MaxRetries = 10 };
        Assert.Equal([2, 4, 8, 15, 15], Enumerable.Range(1, 5).Select(attempt => (Decide(NetworkError, attempt, options).NotBefore!.Value - Now).TotalSeconds));
    }

    [Theory]
    [InlineData(NotFound)]
    [InlineData(PermissionDenied)]
    [InlineData(InvalidInput)]
    [InlineData(Abandoned)]
    public void What_another_try_cannot_mend_fails_at_once(JournalErrorCategory category) => Assert.Equal(RetryAction.Fail, Decide(category).Action);

    [Fact]
    public void A_stage_has_its_own_budget()
    {
        var options = new BatchOptions { MaxRetries = 3, StageRetries = new Dictionary<string, int> { ["Upload"] = 0 } };
        Assert.Equal(RetryAction.Fail, RetryPolicy.Decide(options, "upload", 1, new Classification(NetworkError), Now, 0).Action);
        Assert.Equal(RetryAction.Retry, RetryPolicy.Decide(options, "Convert", 1, new Classification(NetworkError), Now, 0).Action);
    }

    [Fact]
    public void A_used_up_quota_pauses_the_batch_and_costs_no_task_its_tries()
    {
        var reset = Now.AddHours(4);
        var decision = RetryPolicy.Decide(BatchOptions.Default, null, 99, new Classification(QuotaExceeded, TimeSpan.FromHours(1), reset), Now, 0);
        Assert.Equal(new RetryDecision(RetryAction.Pause, null, reset, "Quota exhausted"), decision);
        Assert.Equal(Now.AddHours(1), RetryPolicy.Decide(BatchOptions.Default, null, 1, new Classification(QuotaExceeded, TimeSpan.FromHours(1)), Now, 0).PauseUntil);
        Assert.Null(Decide(QuotaExceeded).PauseUntil);
    }

    [Fact]
    public void A_reset_time_in_the_past_does_not_make_the_batch_spin()
    {
        var error = new Classification(QuotaExceeded, null, Now.AddHours(-1));
        Assert.Equal(Now + BatchOptions.Default.MaxRetryDelay, RetryPolicy.Decide(BatchOptions.Default, null, 1, error, Now, 0).PauseUntil);
    }

    [Fact]
    public void The_reason_says_how_many_tries_are_left_and_when_the_next_one_comes()
    {
        Assert.Equal("NetworkError, attempt 2 of 4: again in 2s", Decide(NetworkError, 2).Reason);
        Assert.Equal("Unknown, attempt 4 of 4: no retries left", Decide(None, 4).Reason);
        Assert.Equal("NotFound is not retried", Decide(NotFound).Reason);
    }
}
