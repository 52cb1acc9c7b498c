using System.Globalization;
using System.Reflection;
using Journal.Interchange;
using Journal.Lifecycle;
using Journal.Storage.Tests.Support;
using Journal.Storage.Transfer;

namespace Journal.Storage.Tests.Conformance;

/// <summary>A copy says the same as the original, field by field, so that one that was added later cannot be forgotten.</summary>
public abstract class CopyConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    // What is another journal's own: where it is, and the numbers it gives.
    private static readonly string[] Own = ["JournalPath", "Id", "TaskId"];

    private readonly TFixture _elsewhere = new();

    private IJournalStore There => _elsewhere.Store;

    protected override void CleanUp() => _elsewhere.Dispose();

    [Fact]
    public void Batches_tasks_attempts_events_checkpoints_and_results_are_the_same_there()
    {
        var batch = Lived();
        _elsewhere.Time.Advance(TimeSpan.FromDays(3));

        var result = Assert.Single(Copy());

        Assert.Equal((batch.Id, true, 1203L, 0L), (result.BatchId, result.Created, result.Added, result.AlreadyThere));
        Assert.Equal(Fields(Again(batch), "UpdatedAt"), Fields(There.RequireBatch(batch.Id), "UpdatedAt"));
        Assert.Equal(Tasks(Store, batch), Tasks(There, batch));
        Assert.Equal(
            Store.ReadAttempts(new AttemptQuery { BatchIds = [batch.Id] }).Select(static attempt => Fields(attempt)),
            There.ReadAttempts(new AttemptQuery { BatchIds = [batch.Id] }).Select(static attempt => Fields(attempt)));
        Assert.Equal(Trail(Store, batch), Trail(There, batch).SkipLast(1));
        Assert.Equal("TasksAdded", There.ReadEvents(new EventQuery { BatchIds = [batch.Id], Last = 1 }).Single().Kind.ToString());
        Assert.Equal(Store.ReadCheckpoints(batch.Id).Select(static checkpoint => Fields(checkpoint)), There.ReadCheckpoints(batch.Id).Select(static checkpoint => Fields(checkpoint)));
        var task = There.ReadTasks(new TaskQuery { BatchIds = [batch.Id], Keys = [TextPattern.Exactly("a")] }).Single();
        Assert.Equal("7", There.ReadResult(task.Id, "Get"));
        Assert.Empty(There.Check());
    }

    [Fact]
    public void Temporary_files_stay_with_the_original_or_removing_the_copy_would_delete_them_under_its_workers()
    {
        var batch = Batch("a");
        Store.AddTempFile(ClaimOne(batch).Id, "/tmp/part");
        Copy();

        Assert.Empty(There.RemoveBatch(batch.Id));
        Assert.Equal(["/tmp/part"], Store.ReadTempFiles(Task(batch, "a").Id));
    }

    [Fact]
    public void Checkpoints_keep_their_times_and_a_newer_one_is_left_alone()
    {
        Store.SetCheckpoint(null, "old", "1");
        Store.SetCheckpoint(null, "new", "1", Now + Second);
        var set = Store.FindCheckpoint(null, "old")!.UpdatedAt;
        There.SetCheckpoint(null, "new", "2", Now + Second + Second);
        There.SetCheckpoint(null, "old", "0", set - Second);
        _elsewhere.Time.Advance(TimeSpan.FromDays(3));

        JournalCopy.Checkpoints(Store, There);

        Assert.Equal(("1", set), There.FindCheckpoint(null, "old") is { } old ? (old.Json, old.UpdatedAt) : default);
        Assert.Equal("2", There.FindCheckpoint(null, "new")!.Json);
    }

    [Fact]
    public void A_copy_that_is_stopped_leaves_nothing_of_the_batch_at_hand()
    {
        Lived();
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => JournalCopy.Batches(Store, There, Store.ReadBatches(new BatchQuery()).ToList(), Bob, stop.Token).ToList());
        Assert.Empty(There.ReadBatches(new BatchQuery()));
    }

    private List<ImportResult> Copy() =>
        [.. JournalCopy.Batches(Store, There, Store.ReadBatches(new BatchQuery { OldestFirst = true }).ToList(), Bob, CancellationToken.None)];

    private static List<string> Tasks(IJournalStore store, JournalBatch batch) =>
        [.. store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).Select(static task => Fields(task))];

    private static List<string> Trail(IJournalStore store, JournalBatch batch)
    {
        var keys = store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToDictionary(static task => task.Id, static task => task.Key);
        return [.. store.ReadEvents(new EventQuery { BatchIds = [batch.Id] }).Select(entry => $"{(entry.TaskId is { } id ? keys[id] : "")} {Fields(entry)}")];
    }

    private static string Fields<T>(T item, params string[] but) where T : notnull => string.Join('\n', typeof(T)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0 && (!Own.Contains(property.Name) || item is JournalBatch && property.Name == "Id") && !but.Contains(property.Name))
        .Select(property => $"{property.Name}: {(property.GetValue(item) is DateTimeOffset time ? time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) : property.GetValue(item))}"));

    // With enough tasks for several pages of whatever reads and writes them, and one in every state that a copy can keep.
    private JournalBatch Lived()
    {
        var batch = Store.CreateBatch(new NewBatch("photos")
        {
            InputSource = "/in", SourceType = "FileInfo", KeyExpression = "FullName", Stages = JsonList.From(["Get", "Put"]),
            Settings = JsonMap.From([new("size", 3)]), Metadata = JsonMap.From([new("who", "Ann")]), Options = BatchOptions.Default with { QuotaLimit = 50, WorkDirectory = "/work" },
        });
        Store.AddTasks(batch.Id, [New("a") with { SourceType = "Url", Weight = 3, Priority = 2, Metadata = JsonMap.From([new("x", 1)]) }, New("b"), New("c") with { Priority = 1 }]);
        Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 1200).Select(static n => New($"n{n}"))]);
        Fixture.Time.Advance(Second);
        var first = ClaimOne(batch);
        Fixture.Time.Advance(Second);
        Make(TaskMove.Advance(first.Id, first.Token, new TaskReport { Result = "7", Quota = 2, QuotaProject = "p" }, Second, keepsClaim: false));
        Make(Retry(ClaimOne(batch), TimeSpan.FromHours(1)));
        var second = ClaimOne(batch);
        Make(TaskMove.Fail(second.Id, second.Token, Broken, new TaskReport { Log = "2024-08-16T20:04:00.000Z WARNING low on disk" }));
        var third = ClaimOne(batch);
        Make(TaskMove.Complete(third.Id, third.Token, new TaskReport { TargetId = "t", Outputs = ["/o"], Metadata = JsonMap.From([new("m", 1)]) }, Second));
        var fourth = ClaimOne(batch);
        Make(TaskMove.Skip(fourth.Id, fourth.Token, "no need"));
        foreach (var task in Claim(batch, 700)) Store.Apply([TaskMove.Release(task.Id, task.Token, "stopped")], Ann);
        Store.SetCheckpoint(batch.Id, "where", """{"at":3}""");
        Fixture.Time.Advance(Second);
        Store.Apply(batch.Id, BatchMove.Pause("Lunch", Now + Second));
        return batch;
    }
}
