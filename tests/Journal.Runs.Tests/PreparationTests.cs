using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>What a line orders comes about in one order, whoever runs it; and where it is refused, nothing has changed.</summary>
public sealed class PreparationTests : RunnerFixture
{
    private static readonly RunDefinition Photos = new("photos", JsonList.Empty) { InputSource = "pipeline" };

    [Fact]
    public void Without_an_input_and_without_a_batch_there_is_nothing_to_run()
    {
        Assert.Equal(new PreparedRun(RunReadiness.NothingToRun), RunPreparation.Prepare(null, Order()));
        Assert.Equal(new PreparedRun(RunReadiness.NothingToRun), RunPreparation.Prepare(Store, Order()));
        Refused("NothingToResume", null, Order(RunMode.Resume));
        Refused("NothingToResume", Store, Order(RunMode.Resume));
        Assert.Empty(Store.ReadBatches(new BatchQuery()));
    }

    [Fact]
    public void A_new_batch_has_all_that_the_line_says()
    {
        var order = Order(hasInput: true) with
        {
            Definition = new RunDefinition("photos", JsonList.From(["Get", "Put"])) { InputSource = "list.txt", SourceType = "String", KeyExpression = "Name", Settings = Map("size", 3) },
            Options = static options => options with { QuotaLimit = 7 },
            Metadata = Map("who", "Ann"),
        };

        var prepared = RunPreparation.Prepare(Store, order);

        Assert.Equal((RunReadiness.Ready, false, 0), (prepared.Readiness, prepared.IsResumed, prepared.LostOutputs));
        var batch = Store.RequireBatch(prepared.Batch!.Id);
        Assert.Equal(("photos", "list.txt", "String", "Name"), (batch.Name, batch.InputSource, batch.SourceType, batch.KeyExpression));
        Assert.Equal((7d, "Get", 3L, "Ann"), (batch.Options.QuotaLimit, batch.Stages[0], batch.Settings["size"], batch.Metadata["who"]));
    }

    [Fact]
    public void A_batch_of_the_name_in_any_case_is_gone_on_with_and_gets_what_is_new_on_the_line()
    {
        var batch = Ended();
        Store.AmendBatch(batch.Id, new BatchAmendment { Metadata = Map("kept", 1) });

        var prepared = RunPreparation.Prepare(Store, Order() with { Definition = Photos with { Name = "PHOTOS" }, Metadata = Map("who", "Ann"), Options = static options => options with { QuotaLimit = 7 } });

        Assert.Equal((RunReadiness.Ready, batch.Id, true), (prepared.Readiness, prepared.Batch!.Id, prepared.IsResumed));
        Assert.Equal((1L, "Ann", 7d), (prepared.Batch.Metadata["kept"], prepared.Batch.Metadata["who"], prepared.Batch.Options.QuotaLimit));
        Assert.Equal((1L, 0L, 1L), (prepared.Batch.Pending, prepared.Batch.Failed, prepared.Batch.Completed));
        var events = Store.ReadEvents(new EventQuery()).Count();
        RunPreparation.Prepare(Store, Order() with { Metadata = Map("who", "Ann"), Options = static options => options with { QuotaLimit = 7 } });
        Assert.Equal(events, Store.ReadEvents(new EventQuery()).Count());
    }

    [Fact]
    public void Failed_tasks_are_left_alone_where_the_line_says_so()
    {
        var batch = Ended();
        Store.AddTasks(batch.Id, [new NewTask("c", TaskInput.OfText("c"))]);

        Assert.Equal((1L, 1L), RunPreparation.Prepare(Store, Order() with { SkipFailed = true }) is { Batch: { } skipped } ? (skipped.Failed, skipped.Pending) : default);
        Assert.Equal((0L, 2L), RunPreparation.Prepare(Store, Order()) is { Batch: { } again } ? (again.Failed, again.Pending) : default);
    }

    [Fact]
    public void A_pause_with_an_end_holds_and_nothing_is_touched_before_it()
    {
        var batch = Ended();
        Store.AddTasks(batch.Id, [new NewTask("c", TaskInput.OfText("c"))]);
        Store.Apply(batch.Id, BatchMove.Pause("Quota exhausted", Store.Now.AddHours(1)));
        var before = Store.ReadEvents(new EventQuery()).Count();

        var prepared = RunPreparation.Prepare(Store, Order() with { Metadata = Map("who", "Ann") });

        Assert.Equal((RunReadiness.Paused, batch.Id), (prepared.Readiness, prepared.Batch!.Id));
        Assert.Equal(before, Store.ReadEvents(new EventQuery()).Count());
        Assert.Equal(JournalBatchStatus.Paused, Find(batch).Status);
        foreach (var order in new[] { Order(RunMode.Resume), Order(RunMode.Resume) with { BatchId = batch.Id } })
        {
            Assert.Equal(RunReadiness.Ready, RunPreparation.Prepare(Store, order).Readiness);
            Assert.NotEqual(JournalBatchStatus.Paused, Find(batch).Status);
            Store.Apply(batch.Id, BatchMove.Pause("Quota exhausted", Store.Now.AddHours(1)));
        }
    }

    [Theory]
    [InlineData(RunMode.ResumeOrNew)]
    [InlineData(RunMode.Resume)]
    [InlineData(RunMode.Force)]
    [InlineData(RunMode.Incremental)]
    [InlineData(RunMode.VerifyOutput)]
    public void An_operators_pause_holds_against_every_line_until_it_is_resumed(RunMode mode)
    {
        var batch = Ended();
        Store.AddTasks(batch.Id, [new NewTask("c", TaskInput.OfText("c"))]);
        Store.Apply(batch.Id, BatchMove.Hold("the target is being moved"));
        var before = Store.ReadEvents(new EventQuery()).Count();

        var prepared = RunPreparation.Prepare(Store, Order(mode, hasInput: true) with { VerifyOutput = OutputCheck.Exists });

        Assert.Equal((RunReadiness.Paused, batch.Id, true, null), (prepared.Readiness, prepared.Batch!.Id, prepared.Batch.IsHeld, prepared.Batch.PausedUntil));
        Assert.Equal(before, Store.ReadEvents(new EventQuery()).Count());
        Store.Apply(batch.Id, BatchMove.Resume("moved"));
        Assert.Equal(RunReadiness.Ready, RunPreparation.Prepare(Store, Order(mode, hasInput: true)).Readiness);
        Assert.False(Find(batch).IsHeld);
    }

    [Theory]
    [InlineData(RunMode.VerifyOutput)]
    [InlineData(RunMode.Incremental)]
    public void A_pause_with_an_end_holds_against_other_lines_that_merely_run_the_batch_again(RunMode mode)
    {
        var batch = Ended();
        Store.AddTasks(batch.Id, [new NewTask("c", TaskInput.OfText("c"))]);
        Store.Apply(batch.Id, BatchMove.Pause("Quota exhausted", Store.Now.AddHours(1)));
        Assert.Equal(RunReadiness.Paused, RunPreparation.Prepare(Store, Order(mode, hasInput: true)).Readiness);
    }

    [Fact]
    public void What_a_stopped_run_left_is_lifted_by_the_next()
    {
        var batch = Ended();
        Store.AddTasks(batch.Id, [new NewTask("c", TaskInput.OfText("c"))]);
        Store.Apply(batch.Id, BatchMove.Pause("Interrupted"));
        Assert.Equal((RunReadiness.Ready, JournalBatchStatus.Running), RunPreparation.Prepare(Store, Order()) is { Batch: { } again } ready ? (ready.Readiness, again.Status) : default);
    }

    [Fact]
    public void A_new_batch_says_which_one_it_follows()
    {
        var batch = Store.CreateBatch(new NewBatch("photos"));
        Store.AddTasks(batch.Id, [new NewTask("a", TaskInput.OfText("a"))]);
        Run(batch, static (_, _) => null);
        Assert.Equal(batch.Id, RunPreparation.Prepare(Store, Order(hasInput: true)).Ended?.Id);
        Assert.Null(RunPreparation.Prepare(Store, Order(RunMode.New, hasInput: true)).Ended);
    }

    [Fact]
    public void Outputs_are_looked_at_before_the_batch_is_opened()
    {
        var batch = Store.CreateBatch(new NewBatch("photos"));
        Store.AddTasks(batch.Id, [new NewTask("a", TaskInput.OfText("a"))]);
        Run(batch, static (task, _) =>
        {
            task.AddOutput("/no/such/file");
            return null;
        });
        Assert.Equal(JournalBatchStatus.Completed, Find(batch).Status);

        var prepared = RunPreparation.Prepare(Store, Order(RunMode.VerifyOutput) with { VerifyOutput = OutputCheck.Exists });

        Assert.Equal((RunReadiness.Ready, 1, 1L), (prepared.Readiness, prepared.LostOutputs, prepared.Batch!.Pending));
    }

    [Fact]
    public void All_over_takes_other_settings_and_keeps_those_of_a_batch_that_is_given_by_its_id()
    {
        var batch = Ended(Map("size", 3));
        Refused("SettingChanged", Store, Order() with { Definition = Photos with { Settings = Map("size", 4) } });
        Refused("SettingChanged", Store, Order(RunMode.Resume) with { BatchId = batch.Id, Definition = Photos with { Name = "", Settings = Map("size", 4) } });

        var byId = Order(RunMode.Force) with { BatchId = batch.Id, Definition = Photos with { Name = "" } };
        var again = RunPreparation.Prepare(Store, byId).Batch!;
        Assert.Equal((batch.Id, 2L, 3L), (again.Id, again.Pending, again.Settings["size"]));
        Assert.Equal(4L, RunPreparation.Prepare(Store, byId with { Definition = byId.Definition with { Settings = Map("size", 4) } }).Batch!.Settings["size"]);
        Assert.Equal(5L, RunPreparation.Prepare(Store, Order(RunMode.Force) with { Definition = Photos with { Settings = Map("size", 5) } }).Batch!.Settings["size"]);
        Refused("StagesChanged", Store, Order(RunMode.Force) with { Definition = Photos with { Stages = JsonList.From(["Get"]) } });
        Refused("BatchNotFound", Store, byId with { BatchId = "nobody" });
    }

    [Theory]
    [InlineData(RunMode.New)]
    [InlineData(RunMode.Force)]
    public void Leaving_failed_tasks_alone_contradicts_doing_everything(RunMode mode)
    {
        var error = Assert.Throws<JournalException>((Order(mode) with { SkipFailed = true }).Validate);
        Assert.Equal("InvalidValue", error.ErrorId);
        Assert.Contains("-SkipFailed", error.Message, StringComparison.Ordinal);
        (Order(mode) with { SkipFailed = false }).Validate();
        (Order() with { SkipFailed = true }).Validate();
    }

    // One task completed, one failed.
    private JournalBatch Ended(JsonMap? settings = null)
    {
        var batch = Store.CreateBatch(new NewBatch("photos") { Settings = settings ?? JsonMap.Empty });
        Store.AddTasks(batch.Id, [new NewTask("a", TaskInput.OfText("a")), new NewTask("b", TaskInput.OfText("b"))]);
        Run(batch, static (task, _) => task.Key == "a" ? null : throw new ArgumentException("no"));
        Assert.Equal((1L, 1L), (Find(batch).Completed, Find(batch).Failed));
        return Find(batch);
    }

    private static RunOrder Order(RunMode mode = RunMode.ResumeOrNew, bool hasInput = false) => new(mode, Photos) { HasInput = hasInput };

    private static JsonMap Map(string name, object? value) => JsonMap.From([new(name, value)]);

    private void Refused(string errorId, IJournalStore? store, RunOrder order)
    {
        var before = Store.ReadEvents(new EventQuery()).Count();
        Assert.Equal(errorId, Assert.Throws<JournalException>(() => RunPreparation.Prepare(store, order)).ErrorId);
        Assert.Equal(before, Store.ReadEvents(new EventQuery()).Count());
    }
}
