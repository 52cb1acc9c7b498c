using Journal.Lifecycle;
using Journal.Storage.Tests.Support;
using Journal.Storage.Transfer;

namespace Journal.Storage.Tests.Conformance;

/// <summary>The outbox: what was emitted is recorded with the end of its attempt, and leaves when somebody says that it has arrived.</summary>
public abstract class ResultConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    private static TaskReport Emits(string json, int items = 1, bool awaits = true) => new() { Result = json, ResultItems = items, ResultAwaits = awaits };

    private List<string> Of(params Workers.WorkerIdentity[] writers) =>
        [.. Store.ReadResults(new ResultQuery { Writers = writers }).Select(static result => $"{result.Json}:{result.Written}")];

    private List<string> All(JournalBatch batch) => [.. Store.ReadResults(new ResultQuery { BatchIds = [batch.Id] }).Select(static result => result.Json)];

    // In the order that is given, whatever the order of the tasks.
    private JournalBatch Emitted(params string[] jsons)
    {
        var batch = Batch([.. jsons.Select(static (_, i) => $"key {i}")]);
        var tasks = Claim(batch, jsons.Length);
        Exchange(batch, 0, [.. tasks.Reverse().Zip(jsons, static (task, json) => Complete(task, Emits(json)))]);
        return batch;
    }

    protected override void CleanUp() => IsSound();

    [Fact]
    public void What_an_attempt_emits_is_in_the_outbox_of_its_worker_in_the_order_of_recording()
    {
        var batch = Emitted("3", "2", "1");
        Assert.Equal(["3:0", "2:0", "1:0"], Of(Ann));
        Assert.Empty(Of(Bob));
        // A reader of all goes by the tasks.
        Assert.Equal(["1", "2", "3"], All(batch));
        var share = Assert.Single(Store.ReadOutbox(batch.Id));
        Assert.Equal((batch.Id, Ann, 3L), (share.BatchId, share.Writer, share.Items));
        Assert.Equal(share, Assert.Single(Store.ReadOutbox(null)));
    }

    [Fact]
    public void A_move_that_is_refused_records_nothing()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Assert.Equal(MoveOutcome.LeaseLost, Apply(TaskMove.Complete(task.Id, task.Token + 1, Emits("1"))).Outcome);
        Make(TaskMove.Release(task.Id, task.Token, "stop", Emits("1")));
        Assert.Empty(All(batch));
        Assert.Empty(Store.ReadOutbox(null));
    }

    [Fact]
    public void A_skipped_task_may_have_emitted_something()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Exchange(batch, 0, TaskMove.Skip(task.Id, task.Token, "no need", Emits("1")));
        Assert.Equal(["1:0"], Of(Ann));
    }

    [Fact]
    public void What_was_written_leaves_and_the_rest_waits_for_whoever_takes_it()
    {
        var batch = Emitted("[1,2,3]", "2", "1");
        var tasks = Store.ReadTasks(TaskQuery.All).ToList();
        Store.SettleResults(batch.Id, Ann, new Dictionary<long, int> { [tasks[2].Id] = 2, [tasks[0].Id] = 0 }, WrittenResults.Leave);
        Assert.Empty(Of(Ann));
        Assert.Null(Assert.Single(Store.ReadOutbox(batch.Id)).Writer);

        Assert.Equal(2, Store.TakeResults(batch.Id, [], Bob));
        Assert.Equal(["[1,2,3]:2", "1:0"], Of(Bob));
        Assert.Equal(0, Store.TakeResults(batch.Id, [], Ann));
        Store.SettleResults(batch.Id, Bob, new Dictionary<long, int>(), WrittenResults.Leave);
        Assert.Empty(All(batch));
        Assert.Empty(Store.ReadOutbox(null));
    }

    [Fact]
    public void What_a_worker_writes_is_taken_from_it_only_by_name()
    {
        var batch = Emitted("1", "2");
        Assert.Equal(0, Store.TakeResults(batch.Id, [], Bob));
        Assert.Equal(2, Store.TakeResults(batch.Id, [Ann], Bob));
        Assert.Equal(["1:0", "2:0"], Of(Bob));
        // The former writer settles nothing that is no more its own.
        Store.SettleResults(batch.Id, Ann, null, WrittenResults.Leave);
        Assert.Equal(["1:0", "2:0"], Of(Bob));
    }

    [Fact]
    public void What_stays_with_its_batch_leaves_the_outbox_alone()
    {
        var batch = Emitted("1", "2");
        Store.SettleResults(batch.Id, Ann, new Dictionary<long, int>(), WrittenResults.Stay);
        Assert.Empty(Store.ReadOutbox(batch.Id));
        Assert.Equal(["2", "1"], All(batch));
    }

    [Fact]
    public void What_is_in_doubt_stays_with_its_writer_and_all_can_be_given_back()
    {
        var batch = Emitted("1", "2", "3");
        var last = Store.ReadTasks(TaskQuery.All).First();
        Store.SettleResults(batch.Id, Ann, new Dictionary<long, int> { [last.Id] = 0 }, WrittenResults.AreInDoubt);
        Assert.Equal(["1:0", "2:0"], Of(Ann));
        Store.SettleResults(batch.Id, Ann, null, WrittenResults.Stay);
        Assert.Empty(Of(Ann));
        Assert.Equal(3, Assert.Single(Store.ReadOutbox(batch.Id)).Items);
    }

    [Fact]
    public void What_is_not_to_be_written_is_in_no_outbox()
    {
        var batch = Batch("a", "b");
        foreach (var task in Claim(batch, 2)) Make(Complete(task, Emits("1", awaits: false)));
        Assert.Empty(Store.ReadOutbox(null));
        Assert.Equal(["1", "1"], All(batch));
    }

    [Fact]
    public void Results_are_found_by_task_stage_and_time()
    {
        var batch = Batch(["Get", "Put"], "a");
        var other = Batch("b");
        var task = ClaimOne(batch);
        Exchange(batch, 0, TaskMove.Advance(task.Id, task.Token, Emits("1", awaits: false), null, keepsClaim: false));
        Fixture.Time.Advance(Second);
        task = ClaimOne(batch);
        Exchange(batch, 0, Complete(task, Emits("2")));
        Exchange(other, 0, Complete(ClaimOne(other), Emits("3")));

        List<string> Find(ResultQuery query) => [.. Store.ReadResults(query).Select(static result => $"{result.Stage}{result.Json}")];
        Assert.Equal(["Put2", "3"], Find(new ResultQuery()));
        Assert.Equal(["Get1"], Find(new ResultQuery { Stages = ["get"] }));
        Assert.Equal(["Get1", "Put2"], Find(new ResultQuery { TaskIds = [task.Id], AllStages = true }));
        Assert.Equal(["Put2"], Find(new ResultQuery { BatchIds = [batch.Id] }));
        Assert.Empty(Find(new ResultQuery { BatchIds = ["none"] }));
        Assert.Equal(["Get1"], Find(new ResultQuery { AllStages = true, Until = Now }));
        Assert.Equal(["Put2", "3"], Find(new ResultQuery { AllStages = true, Since = Now }));
    }

    [Fact]
    public void A_requeue_and_the_removal_of_the_batch_take_them_along()
    {
        var batch = Emitted("1", "2");
        Make(TaskMove.Requeue(Store.ReadTasks(TaskQuery.All).First().Id, "again"));
        Assert.Equal(["1"], All(batch));
        Store.RemoveBatch(batch.Id);
        Assert.Empty(Store.ReadResults(new ResultQuery { AllStages = true }));
        Assert.Empty(Store.ReadOutbox(null));
    }

    [Fact]
    public void A_copy_has_them_with_who_was_to_write_them()
    {
        var batch = Emitted("1", "[2,3]");
        var whole = FullReader.ReadBatch(Store, batch) with { Tasks = FullReader.ReadTasks(Store, batch).ToList() };
        Store.RemoveBatch(batch.Id);
        Store.Import([whole]);
        var share = Assert.Single(Store.ReadOutbox(batch.Id));
        Assert.Equal(Ann.Name, share.Writer?.Name);
        Assert.Equal(2, Store.TakeResults(batch.Id, [share.Writer!], Bob));
    }

    [Fact]
    public void A_mended_input_replaces_that_of_a_task_that_is_not_done()
    {
        var batch = Batch("pending", "failed", "done", "held", "same");
        var tasks = Store.ReadTasks(TaskQuery.All).ToDictionary(static task => task.Key);
        var claimed = Store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 3, Only = [tasks["failed"].Id, tasks["done"].Id, tasks["held"].Id] }).Claimed;
        Make(Fail(claimed[0]));
        Make(Complete(claimed[1]));

        NewTask With(string key) => new(key, TaskInput.OfText($"new {key}")) { Weight = 7, Priority = 2, Metadata = JsonMap.Parse("""{"seen":1}""") };
        NewTask[] given = [With("pending"), With("failed"), With("done"), With("held"), New("same"), New("fresh"), new NewTask("pending", TaskInput.OfText("later"))];
        Assert.Equal(new AddResult(0, 4, 0), Store.AddTasks(batch.Id, [.. given.Where(static task => task.Key is not ("fresh" or "pending"))]));
        Assert.Equal("failed", Task(tasks["failed"].Id).StoredInput.Text);

        var result = Store.AddTasks(batch.Id, given, mends: true);
        Assert.Equal((1L, 6L, 0L, 2L, 2L), (result.Added, result.AlreadyThere, result.Duplicates, result.Mended, result.Differing));
        Assert.Equal(
            ["new pending", "new failed", "done", "held", "same", "fresh"],
            Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).Select(static task => task.StoredInput.Text));
        var mended = Task(tasks["pending"].Id);
        Assert.Equal((7.0, 2, """{"seen":1}"""), (mended.Weight, mended.Priority, mended.Metadata.ToString()));
        Assert.Equal(JournalEventKind.Amended, Events(mended.Id)[^1].Kind);
        Assert.Equal(Storage.Shared.AmendmentRules.Mended, Events(mended.Id)[^1].Reason);
        Assert.Equal(0, Store.AddTasks(batch.Id, [With("pending"), With("failed")], mends: true).Mended);
    }
}
