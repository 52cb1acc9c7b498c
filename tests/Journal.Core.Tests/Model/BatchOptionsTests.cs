namespace Journal.Tests.Model;

public class BatchOptionsTests
{
    private static readonly Gen<BatchOptions> AnyOptions =
        from n in Gen.Choose(0, 5).ArrayOf(4)
        from stages in Gen.Elements<IReadOnlyDictionary<string, int>?>(null, new Dictionary<string, int> { ["Download"] = 0, ["Büro 📷"] = 7 })
        from durations in Law.AnyDuration.ArrayOf(4)
        from timeout in Gen.Elements(true, false)
        from crash in Gen.Elements(CrashAction.Retry, CrashAction.Fail)
        from quota in Gen.Elements<double?>(null, 0, 0.5, 1e12)
        from directory in Gen.Elements(null, "", "/tmp/it's \"here\"\n")
        select new BatchOptions
        {
            MaxRetries = n[0], StageRetries = stages, RetryDelay = durations[0], MaxRetryDelay = durations[1], LeaseTimeout = durations[2],
            Timeout = timeout ? durations[3] : null, OnCrash = crash, CrashLimit = n[1], FailureThreshold = n[2], QuotaLimit = quota, WorkDirectory = directory,
        };

    [Fact]
    public void A_resumed_batch_runs_under_the_policy_it_was_given() => Law.Holds(AnyOptions, static options =>
        BatchOptions.Parse(options.ToJson()) is var read
        && read with { StageRetries = null } == options with { StageRetries = null }
        && (read.StageRetries ?? new Dictionary<string, int>()).Order(ByName).SequenceEqual((options.StageRetries ?? new Dictionary<string, int>()).Order(ByName)));

    [Fact]
    public void Options_that_an_older_version_did_not_write_have_their_defaults_not_zero()
    {
        Assert.Equal(BatchOptions.Default, BatchOptions.Parse(null));
        Assert.Equal(BatchOptions.Default, BatchOptions.Parse(""));
        Assert.Equal(BatchOptions.Default, BatchOptions.Parse("{}"));
        Assert.Equal(BatchOptions.Default with { MaxRetries = 7 }, BatchOptions.Parse("""{"MaxRetries":7}"""));
    }

    [Fact]
    public void A_stage_has_its_own_retries_by_its_name_in_any_case()
    {
        var options = new BatchOptions { MaxRetries = 3, StageRetries = new Dictionary<string, int> { ["Convert"] = 1 } };
        Assert.Equal(1, options.RetriesFor("convert"));
        Assert.Equal(3, options.RetriesFor("Upload"));
        Assert.Equal(3, options.RetriesFor(null));
    }

    private static Comparer<KeyValuePair<string, int>> ByName { get; } =
        Comparer<KeyValuePair<string, int>>.Create(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
}
