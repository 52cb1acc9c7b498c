using System.Text;
using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>Each filter finds what it should and nothing else.</summary>
public abstract class QueryConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    private readonly JournalBatch _batch;
    private readonly JournalBatch _other;
    private readonly DateTimeOffset _end;

    protected QueryConformance()
    {
        _batch = Store.CreateBatch(new NewBatch("import") { SourceType = "String", Stages = JsonList.From(["Get", "Put"]) });
        _other = Store.CreateBatch(new NewBatch("other") { SourceType = "FileInfo" });
        Store.AddTasks(_batch.Id,
        [
            New("done") with { Priority = 1, Weight = 3, Metadata = Map("subject", "AI") },
            New("failed%") with { Weight = 1, Metadata = Map("subject", "art") },
            New("Failed_2") with { Weight = 2, SourceType = "Url", Metadata = JsonMap.From([new("year", 2024), new("ok", true), new("author", new Dictionary<string, object?> { ["Name"] = "Eve" })]) },
            New("[waiting]") with { Metadata = Map("a.b", "dotted") },
        ]);
        Store.AddTasks(_other.Id, [New("done"), New("running")]);
        var done = ClaimOne(_batch);
        Fixture.Time.Advance(Second);
        Make(TaskMove.Complete(done.Id, done.Token, new TaskReport { Quota = 4, QuotaProject = "p", TargetId = "Outside_1" }, TimeSpan.FromSeconds(9)));
        Fixture.Time.Advance(Second);
        Make(Fail(ClaimOne(_batch)));
        Fixture.Time.Advance(Second);
        var second = ClaimOne(_batch);
        Make(TaskMove.Advance(second.Id, second.Token, TaskReport.Nothing, Second, keepsClaim: false));
        Make(Fail(ClaimOne(_batch), new TaskError(JournalErrorCategory.NotFound, "No such page", "No such page")));
        Fixture.Time.Advance(Second);
        Assert.Equal(2, Store.Exchange(new ExchangeRequest(Bob, _other.Id, Lease) { Claim = 2 }).Claimed.Count);
        _end = Now;
    }

    [Fact]
    public void By_batch()
    {
        Finds(new TaskQuery { BatchIds = [_batch.Id] }, "done", "failed%", "Failed_2", "[waiting]");
        Finds(new TaskQuery { BatchIds = [_other.Id, _other.Id, "nobody"] }, "done", "running");
        Finds(new TaskQuery { BatchIds = ["nobody"] });
        Finds(TaskQuery.All, "done", "failed%", "Failed_2", "[waiting]", "done", "running");
    }

    [Fact]
    public void By_id()
    {
        var id = Task(_batch, "failed%").Id;
        Finds(new TaskQuery { Ids = [id, 4711] }, "failed%");
        Finds(new TaskQuery { Ids = [id], BatchIds = [_other.Id] });
        Finds(new TaskQuery { Ids = [] });
        Finds(new TaskQuery { BatchIds = [_batch.Id], AfterId = id }, "Failed_2", "[waiting]");
    }

    [Fact]
    public void By_key_exactly_or_by_wildcards_in_any_case()
    {
        Finds(new TaskQuery { Keys = [TextPattern.Exactly("failed%")] }, "failed%");
        Finds(new TaskQuery { Keys = [TextPattern.Exactly("FAILED%")] });
        Finds(new TaskQuery { Keys = [TextPattern.Exactly("done"), TextPattern.Exactly("running")] }, "done", "done", "running");
        Finds(new TaskQuery { Keys = [TextPattern.Wildcard("failed*")] }, "failed%", "Failed_2");
        Finds(new TaskQuery { Keys = [TextPattern.Wildcard("failed?")] }, "failed%");
        Finds(new TaskQuery { Keys = [TextPattern.Wildcard("`[wait*"), TextPattern.Exactly("running")] }, "[waiting]", "running");
        Finds(new TaskQuery { Keys = [TextPattern.Wildcard("`[waiting`]")] }, "[waiting]");
        Finds(new TaskQuery { Keys = [] });
    }

    [Theory]
    [InlineData("abc*")]
    [InlineData("ABC?")]
    [InlineData("aB*d")]
    [InlineData("b*")]
    [InlineData("k*")]
    [InlineData("s*")]
    [InlineData("i*")]
    [InlineData("é*")]
    [InlineData("É*")]
    [InlineData("a`*b*")]
    [InlineData("a`[b*")]
    [InlineData("a[bc]*")]
    [InlineData("\uFFFF*")]
    [InlineData("\uE000*")]
    [InlineData("\uD7FF*")]
    [InlineData("😀*")]
    [InlineData("😀b*")]
    [InlineData("a?b*")]
    [InlineData("none*")]
    [InlineData("?")]
    public void A_pattern_finds_the_same_keys_in_every_store_in_either_order(string text)
    {
        string[] keys =
        [
            "abc", "ABC", "aBcd", "ABCD", "abd", "b", "B9", "k1", "K2", "\u212A3", "s", "S", "\u017F", "i", "I", "\u0130", "\u0131", "é1", "É2", "e\u03011", "a*b", "a*Bc", "a[b", "ab", "ac", "a😀b",
            "\uFFFF", "\uFFFF1", "\uE000x", "\uD7FFx", "😀", "😀b", "😀B", "😁", "A\nb", "a\nB",
        ];
        var batch = Batch(keys);
        Batch(keys);
        var pattern = TextPattern.Wildcard(text);
        var query = new TaskQuery { BatchIds = [batch.Id], Keys = [pattern] };

        Finds(query, [.. keys.Where(pattern.Matches)]);
        Finds(query with { OrderBy = TaskOrder.Key, First = 100 }, [.. keys.Where(pattern.Matches).OrderBy(static key => key, Utf8)]);
        Finds(query with { OrderBy = TaskOrder.Key, Descending = true, First = 2 }, [.. keys.Where(pattern.Matches).OrderByDescending(static key => key, Utf8).Take(2)]);
        Assert.Equal(keys.Count(pattern.Matches), Store.CountTasks(query));
        Assert.Equal(2 * keys.Count(pattern.Matches), Store.ReadTasks(new TaskQuery { Keys = [pattern] }).Count(task => task.BatchId != _batch.Id && task.BatchId != _other.Id));
    }

    [Fact]
    public void The_first_by_key_of_very_many_come_in_their_order()
    {
        var batch = Batch([.. Enumerable.Range(0, 3000).Select(static n => $"{(n % 2 == 0 ? "x" : "X")}{2999 - n:0000}")]);
        var query = new TaskQuery { BatchIds = [batch.Id], OrderBy = TaskOrder.Key, First = 3 };

        Finds(query, "X0000", "X0002", "X0004");
        Finds(query with { Keys = [TextPattern.Wildcard("x*")], Skip = 1499 }, "X2998", "x0001", "x0003");
        Finds(query with { Keys = [TextPattern.Wildcard("X*9")], Descending = true }, "x2999", "x2989", "x2979");
        Finds(query with { Keys = [TextPattern.Wildcard("y*")] });
    }

    [Fact]
    public void By_very_many_ids_or_keys()
    {
        var ids = Enumerable.Range(0, 200_000).Select(static i => (long)i).ToList();
        Finds(new TaskQuery { Ids = ids, BatchIds = [_other.Id] }, "done", "running");
        Finds(new TaskQuery { Keys = [.. ids.Select(static id => TextPattern.Exactly($"no such {id}")), TextPattern.Exactly("running")] }, "running");
        Assert.Equal(3, Store.ReadAttempts(new AttemptQuery { TaskIds = ids, BatchIds = [_batch.Id] }).Select(static attempt => attempt.TaskId).Distinct().Count());
    }

    [Fact]
    public void By_status_and_stage()
    {
        Finds(new TaskQuery { Statuses = [JournalTaskStatus.Failed] }, "failed%", "Failed_2");
        Finds(new TaskQuery { Statuses = [JournalTaskStatus.InProgress, JournalTaskStatus.Pending] }, "[waiting]", "done", "running");
        Finds(new TaskQuery { BatchIds = [_batch.Id], Statuses = [JournalTaskStatus.Completed] }, "done");
        Finds(new TaskQuery { Stages = ["put"] }, "Failed_2");
        Finds(new TaskQuery { Stages = ["GET", "Put"], Statuses = [JournalTaskStatus.Failed] }, "failed%", "Failed_2");
        Finds(new TaskQuery { Stages = ["none"] });
    }

    [Fact]
    public void By_error()
    {
        Finds(new TaskQuery { Categories = [JournalErrorCategory.NetworkError] }, "failed%");
        Finds(new TaskQuery { Categories = [JournalErrorCategory.NotFound, JournalErrorCategory.NetworkError], Statuses = [JournalTaskStatus.Failed] }, "failed%", "Failed_2");
        Finds(new TaskQuery { Signatures = [TextPattern.Wildcard("connection*")] }, "failed%");
        Finds(new TaskQuery { Signatures = [TextPattern.Exactly("No such page")] }, "Failed_2");
    }

    [Fact]
    public void By_worker_and_source_type()
    {
        Finds(new TaskQuery { Workers = [TextPattern.Wildcard("host1:*")] }, "done", "failed%", "Failed_2");
        Finds(new TaskQuery { Workers = [TextPattern.Exactly("bob")] }, "done", "running");
        Finds(new TaskQuery { Workers = [TextPattern.Exactly("nobody")] });
        Finds(new TaskQuery { SourceTypes = [TextPattern.Wildcard("Str*")] }, "done", "failed%", "[waiting]");
        Finds(new TaskQuery { SourceTypes = [] });
        Finds(new TaskQuery { SourceTypes = [TextPattern.Exactly("Url"), TextPattern.Exactly("FileInfo")] }, "Failed_2", "done", "running");
    }

    [Fact]
    public void By_what_the_outside_world_calls_it()
    {
        Finds(new TaskQuery { TargetIds = [TextPattern.Exactly("Outside_1")] }, "done");
        Finds(new TaskQuery { TargetIds = [TextPattern.Wildcard("out*")], BatchIds = [_batch.Id] }, "done");
        Finds(new TaskQuery { TargetIds = [TextPattern.Exactly("outside_1")] });
        Finds(new TaskQuery { TargetIds = [] });
    }

    [Fact]
    public void By_metadata()
    {
        Finds(Meta("subject", "ai"));
        Finds(Meta("SUBJECT", "AI"), "done");
        Finds(Meta("subject", "a*"), "done", "failed%");
        Finds(Meta("year", 2024), "Failed_2");
        Finds(Meta("year", 2024d), "Failed_2");
        Finds(Meta("year", "2024"), "Failed_2");
        Finds(Meta("year", "202?"), "Failed_2");
        Finds(Meta("ok", true), "Failed_2");
        Finds(Meta("ok", false));
        Finds(Meta("author.name", "Eve"), "Failed_2");
        Finds(Meta("a.b", "dotted"), "[waiting]");
        Finds(new TaskQuery { BatchIds = [_batch.Id], Metadata = [new("subject", null)] }, "Failed_2", "[waiting]");
        Finds(new TaskQuery { Metadata = [new("subject", "art"), new("year", 2024)] });
    }

    [Fact]
    public void By_time_of_the_last_change()
    {
        Finds(new TaskQuery { Since = _end - Second }, "Failed_2", "done", "running");
        Finds(new TaskQuery { BatchIds = [_batch.Id], Until = _end - Second - Second }, "done", "[waiting]");
        Finds(new TaskQuery { Since = _end - Second, Until = _end }, "Failed_2");
    }

    [Fact]
    public void Ordered_and_paged()
    {
        var batch = new TaskQuery { BatchIds = [_batch.Id] };
        Finds(batch with { OrderBy = TaskOrder.Key }, "Failed_2", "[waiting]", "done", "failed%");
        Finds(batch with { Descending = true }, "[waiting]", "Failed_2", "failed%", "done");
        Finds(batch with { OrderBy = TaskOrder.Duration, Descending = true }, "done", "Failed_2", "failed%", "[waiting]");
        Finds(batch with { OrderBy = TaskOrder.Duration }, "failed%", "Failed_2", "done", "[waiting]");
        Finds(batch with { OrderBy = TaskOrder.Weight, Descending = true, First = 2 }, "done", "Failed_2");
        Finds(batch with { OrderBy = TaskOrder.Status }, "[waiting]", "done", "failed%", "Failed_2");
        Finds(batch with { OrderBy = TaskOrder.StartedAt, Descending = true }, "Failed_2", "failed%", "done", "[waiting]");
        Finds(batch with { OrderBy = TaskOrder.EndedAt }, "done", "failed%", "Failed_2", "[waiting]");
        Finds(batch with { OrderBy = TaskOrder.Quota, Descending = true, First = 1 }, "done");
        Finds(batch with { OrderBy = TaskOrder.Priority, Descending = true, First = 1 }, "done");
        Finds(batch with { OrderBy = TaskOrder.Attempts }, "[waiting]", "done", "failed%", "Failed_2");
        Finds(batch with { OrderBy = TaskOrder.UpdatedAt, Descending = true, First = 1 }, "Failed_2");
        Finds(batch with { OrderBy = TaskOrder.CreatedAt }, "done", "failed%", "Failed_2", "[waiting]");
        Finds(batch with { Skip = 1, First = 2 }, "failed%", "Failed_2");
        Finds(batch with { Skip = 3 }, "[waiting]");
        Finds(batch with { First = 0 });
        var failed = batch with { Statuses = [JournalTaskStatus.Failed] };
        Finds(failed with { First = 5 }, "failed%", "Failed_2");
        Finds(failed with { First = 1, Descending = true }, "Failed_2");
        Finds(failed with { First = 1, Skip = 1 }, "Failed_2");
    }

    [Fact]
    public void Counting_agrees_with_reading()
    {
        TaskQuery[] queries =
        [
            TaskQuery.All, new TaskQuery { BatchIds = [_batch.Id] }, new TaskQuery { Statuses = [JournalTaskStatus.Failed, JournalTaskStatus.Failed] },
            new TaskQuery { BatchIds = [_other.Id], Statuses = [JournalTaskStatus.InProgress] }, Meta("subject", "a*"), new TaskQuery { Keys = [TextPattern.Exactly("done")] },
            new TaskQuery { BatchIds = ["nobody"] },
        ];

        Assert.All(queries, query => Assert.Equal(Store.ReadTasks(query).LongCount(), Store.CountTasks(query)));
    }

    [Fact]
    public void Batches_that_grew_by_turns_are_read_in_order_all_the_same()
    {
        var grown = Store.CreateBatch(new NewBatch("grown"));
        for (var i = 0; i < 5; i++)
        {
            Add(grown, $"g{i}");
            Store.AddTasks(_other.Id, [.. Enumerable.Range(0, 20).Select(n => New($"x{i}.{n}"))]);
        }

        Finds(new TaskQuery { BatchIds = [grown.Id] }, "g0", "g1", "g2", "g3", "g4");
        Finds(new TaskQuery { BatchIds = [grown.Id], Descending = true, First = 2 }, "g4", "g3");
        Finds(new TaskQuery { BatchIds = [grown.Id], Keys = [TextPattern.Wildcard("?[34]")] }, "g3", "g4");
    }

    [Fact]
    public void What_is_being_read_does_not_change_by_what_is_written_meanwhile()
    {
        var keys = new List<string>();
        foreach (var task in Store.ReadTasks(new TaskQuery { BatchIds = [_batch.Id] }))
        {
            Add(_batch, "new" + task.Key);
            Store.AmendTask(task.Id, new TaskAmendment { Priority = 3 });
            keys.Add(task.Key);
        }

        Assert.Equal(["done", "failed%", "Failed_2", "[waiting]"], keys);
        Assert.Equal(8, Store.CountTasks(new TaskQuery { BatchIds = [_batch.Id] }));
    }

    [Fact]
    public void A_reader_that_stops_early_leaves_the_store_usable()
    {
        foreach (var _ in Enumerable.Range(0, 20)) Assert.Equal("done", Store.ReadTasks(TaskQuery.All).First().Key);
        Assert.NotNull(Store.ReadEvents(new EventQuery()).First());
        Fixture.Reopen();
        Assert.Equal(6, Store.CountTasks(TaskQuery.All));
    }

    private static readonly Comparer<string> Utf8 =
        Comparer<string>.Create(static (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

    private static JsonMap Map(string name, object? value) => JsonMap.From([new(name, value)]);

    private static TaskQuery Meta(string name, object? value) => new() { Metadata = [new(name, value)] };

    private void Finds(TaskQuery query, params string[] keys) => Assert.Equal(keys, Store.ReadTasks(query).Select(static task => task.Key));
}
