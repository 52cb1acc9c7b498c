using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>A task goes through its batch's stages in order, and goes on where it was.</summary>
public abstract class StageConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    private static readonly string[] Stages = ["Download", "Convert", "Upload"];

    [Fact]
    public void A_task_advances_with_a_fresh_budget_and_keeps_what_the_stage_emitted()
    {
        var batch = Batch(Stages, "a");
        Make(Retry(ClaimOne(batch), TimeSpan.Zero));
        var task = ClaimOne(batch);
        Assert.Equal(("Download", 2), (task.Stage, task.Attempts));

        var next = Make(TaskMove.Advance(task.Id, task.Token, new TaskReport { Result = """{"file":"x"}""" }, Second, keepsClaim: false));

        Assert.Equal(("Convert", 0, JournalTaskStatus.Pending), (next.Stage, next.Attempts, next.Status));
        Assert.Null(next.ErrorMessage);
        Assert.Equal("""{"file":"x"}""", Store.ReadResult(task.Id, "download"));
        Assert.Null(Store.ReadResult(task.Id, "Convert"));
        Assert.Null(Store.ReadResult(task.Id, "none"));
        Assert.Equal("Convert", ClaimOne(batch).Stage);
        Assert.Equal(["Download", "Download"], Attempts(task.Id).Select(static attempt => attempt.Stage));
    }

    [Fact]
    public void A_worker_that_keeps_its_claim_goes_on_under_a_new_token()
    {
        var batch = Batch(Stages, "a");
        var task = ClaimOne(batch);
        Fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var turn = Exchange(batch, 0, TaskMove.Advance(task.Id, task.Token, TaskReport.Nothing, null, keepsClaim: true));

        var result = Assert.Single(turn.Moves);
        Assert.Equal((MoveOutcome.Applied, 2L), (result.Outcome, result.Token));
        var now = Task(task.Id);
        Assert.Equal((JournalTaskStatus.InProgress, "Convert", 1, 2L, Now + Lease), (now.Status, now.Stage, now.Attempts, now.Token, now.LeaseUntil));
        var kinds = Events(task.Id).Select(static e => (e.Kind, e.Stage)).ToList();
        Assert.Equal([(JournalEventKind.Claimed, "Download"), (JournalEventKind.Advanced, "Download"), (JournalEventKind.Claimed, "Convert")], kinds);
        var attempt = Assert.Single(Attempts(task.Id));
        Assert.Equal((1L, "Download", TimeSpan.FromSeconds(2)), (attempt.Number, attempt.Stage, attempt.Duration));
        Assert.Equal(MoveOutcome.LeaseLost, Apply(Complete(task)).Outcome);

        Fixture.Time.Advance(Second);
        Make(TaskMove.Complete(task.Id, result.Token, TaskReport.Nothing));
        Assert.Equal((2L, "Convert", Second), (Attempts(task.Id)[1].Number, Attempts(task.Id)[1].Stage, Attempts(task.Id)[1].Duration));
        Assert.Equal(TimeSpan.FromSeconds(3), Task(task.Id).Duration);
        IsSound();
    }

    [Fact]
    public void A_paused_batch_does_not_let_a_worker_keep_its_claim()
    {
        var batch = Batch(Stages, "a");
        var task = ClaimOne(batch);
        Store.Apply(batch.Id, BatchMove.Pause("Quota"));

        var result = Apply(TaskMove.Advance(task.Id, task.Token, TaskReport.Nothing, null, keepsClaim: true));

        Assert.Equal((MoveOutcome.Applied, null), (result.Outcome, result.Token));
        Assert.Equal((JournalTaskStatus.Pending, "Convert"), (Task(task.Id).Status, Task(task.Id).Stage));
    }

    [Fact]
    public void Nothing_comes_after_the_last_stage_or_where_there_are_none()
    {
        var staged = Batch(["only"], "a");
        var plain = Batch("b");
        foreach (var batch in new[] { staged, plain })
        {
            var task = ClaimOne(batch);
            Assert.Equal(MoveOutcome.Illegal, Apply(TaskMove.Advance(task.Id, task.Token, TaskReport.Nothing, null, keepsClaim: true)).Outcome);
            Assert.Equal(JournalTaskStatus.InProgress, Task(task.Id).Status);
        }
    }

    [Fact]
    public void Results_are_kept_in_staged_batches_alone_and_go_with_a_requeue()
    {
        var staged = Batch(["one"], "a");
        var plain = Batch("a");
        var first = ClaimOne(staged);
        var second = ClaimOne(plain);
        Make(Complete(first, new TaskReport { Result = "1" }));
        Make(Complete(second, new TaskReport { Result = "2" }));

        Assert.Equal("1", Store.ReadResult(first.Id, "one"));
        Assert.Null(Store.ReadResult(second.Id, "one"));
        Make(TaskMove.Requeue(first.Id, "again"));
        Assert.Null(Store.ReadResult(first.Id, "one"));
    }

    [Fact]
    public void A_task_that_failed_in_a_later_stage_goes_on_there_and_keeps_what_the_earlier_ones_made()
    {
        var batch = Batch(Stages, "a");
        var task = ClaimOne(batch);
        var made = new TaskReport { Result = "1", Outputs = ["/made"], TargetId = "target" };
        Make(TaskMove.Advance(task.Id, task.Token, made, TimeSpan.FromSeconds(3), keepsClaim: false));
        Make(Fail(ClaimOne(batch)));

        var again = Make(TaskMove.Requeue(task.Id, "again"));

        Assert.Equal(("Convert", 0, "/made", "target"), (again.Stage, again.Attempts, Assert.Single(again.Outputs), again.TargetId));
        Assert.True(again.Duration >= TimeSpan.FromSeconds(3));
        Assert.Equal("1", Store.ReadResult(task.Id, "Download"));
    }

    [Theory]
    [InlineData(false, null, "Convert")]
    [InlineData(false, 0, "Download")]
    [InlineData(false, 2, "Convert")]
    [InlineData(true, null, "Download")]
    [InlineData(true, 1, "Convert")]
    public void Where_a_requeued_task_goes_on_can_be_said_and_is_never_later_than_it_got(bool completed, int? from, string expected)
    {
        var batch = Batch(Stages, "a");
        var task = ClaimOne(batch);
        Make(TaskMove.Advance(task.Id, task.Token, new TaskReport { Result = "1" }, null, keepsClaim: false));
        var second = ClaimOne(batch);
        Make(completed ? TaskMove.Advance(task.Id, second.Token, new TaskReport { Result = "2" }, null, keepsClaim: false) : Fail(second));
        if (completed) Make(Complete(ClaimOne(batch)));

        Assert.Equal(expected, Make(TaskMove.Requeue(task.Id, "again", from)).Stage);
        Assert.Equal(expected == "Download" ? null : "1", Store.ReadResult(task.Id, "Download"));
        Assert.Null(Store.ReadResult(task.Id, "Convert"));
    }

    [Fact]
    public void Retries_are_those_of_the_stage()
    {
        var options = new BatchOptions { MaxRetries = 2, StageRetries = new Dictionary<string, int> { ["upload"] = 9 } };
        var batch = Store.CreateBatch(new NewBatch("import") { Stages = JsonList.From(Stages), Options = options });
        Add(batch, "a");
        Assert.Equal(2, ClaimOne(batch).MaxRetries);

        var task = Task(batch, "a");
        Make(TaskMove.Release(task.Id, task.Token, "stop"));
        Assert.Equal(9, Store.AmendTask(task.Id, new TaskAmendment { Stage = "UPLOAD" }).MaxRetries);
        Fails("StageNotFound", () => Store.AmendTask(task.Id, new TaskAmendment { Stage = "Sleep" }));
        ClaimOne(batch);
        Fails("IllegalMove", () => Store.AmendTask(task.Id, new TaskAmendment { Stage = "Convert" }));

        Store.AmendBatch(batch.Id, new BatchAmendment { Options = options with { StageRetries = null, MaxRetries = 4 } });
        Assert.Equal(4, Task(task.Id).MaxRetries);
    }
}
