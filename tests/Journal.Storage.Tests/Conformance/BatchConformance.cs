using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>Batches: making, finding, moving, amending and removing them, and how their status follows from their tasks.</summary>
public abstract class BatchConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Fact]
    public async System.Threading.Tasks.Task Of_many_that_begin_a_batch_at_once_one_does()
    {
        var known = Store.CreateBatch(new NewBatch("Import"));
        using var together = new Barrier(4);
        var begun = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 4).Select(_ => System.Threading.Tasks.Task.Factory.StartNew(
            () =>
            {
                using var store = Fixture.Open(StoreAccess.Write);
                together.SignalAndWait();
                return store.CreateBatchAfter(new NewBatch("import"), known.Id);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        var one = Assert.Single(begun, static batch => batch is not null)!;
        Assert.Equal([one.Id, known.Id], Store.ReadBatches(new BatchQuery()).Select(static batch => batch.Id));
        Assert.Null(Store.CreateBatchAfter(new NewBatch("import"), null));
        Assert.NotNull(Store.CreateBatchAfter(new NewBatch("other"), null));
        IsSound();
    }

    [Fact]
    public void A_batch_comes_back_as_it_was_made_after_the_journal_was_closed()
    {
        var made = Store.CreateBatch(new NewBatch("photos of 2024")
        {
            InputSource = "/in/list.txt", SourceType = "FileInfo", KeyExpression = "FullName", Stages = JsonList.From(["one", "two"]),
            Settings = JsonMap.From([new("quality", 80)]), Metadata = JsonMap.From([new("owner", "Zoë")]),
            Options = new BatchOptions { MaxRetries = 7, QuotaLimit = 12.5, OnCrash = CrashAction.Fail, Timeout = TimeSpan.FromMinutes(3) },
        }, Ann);
        Fixture.Reopen();

        var batch = Store.FindBatch(made.Id)!;

        Assert.Equal("photos of 2024-20250301-120000", batch.Id);
        Assert.Equal(("photos of 2024", "/in/list.txt", "FileInfo", "FullName"), (batch.Name, batch.InputSource, batch.SourceType, batch.KeyExpression));
        Assert.Equal(["one", "two"], batch.Stages);
        Assert.Equal(80L, batch.Settings["quality"]);
        Assert.Equal("Zoë", batch.Metadata["owner"]);
        Assert.Equal((7, 12.5, CrashAction.Fail, TimeSpan.FromMinutes(3)), (batch.Options.MaxRetries, batch.QuotaLimit, batch.Options.OnCrash, batch.Options.Timeout));
        Assert.Equal((JournalBatchStatus.Ready, Now, Fixture.Location), (batch.Status, batch.CreatedAt, batch.JournalPath));
        var created = Assert.Single(Events(batch));
        Assert.Equal((JournalEventKind.BatchCreated, null, "Ready", Ann.Name), (created.Kind, created.From, created.To, created.Worker));
    }

    [Fact]
    public void Ids_of_the_same_second_get_a_suffix()
    {
        Assert.Equal(
            ["a-20250301-120000", "a-20250301-120000-2", "a-20250301-120000-3"],
            Enumerable.Range(0, 3).Select(_ => Store.CreateBatch(new NewBatch("a")).Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a*")]
    [InlineData("a\nb")]
    public void A_name_that_could_not_be_found_again_is_refused(string name)
    {
        Fails("InvalidBatchName", () => Store.CreateBatch(new NewBatch(name)));
        Assert.Empty(Store.ReadBatches(new BatchQuery()));
    }

    [Fact]
    public void Batches_are_found_by_all_that_can_be_asked()
    {
        var a = Store.CreateBatch(new NewBatch("alpha"));
        Fixture.Time.Advance(Second);
        var b = Store.CreateBatch(new NewBatch("beta"));
        Fixture.Time.Advance(Second);
        var c = Store.CreateBatch(new NewBatch("Alphabet"));
        Add(b, "x");
        Store.Apply(b.Id, BatchMove.Cancel("enough"));
        Fixture.Time.Advance(Second);

        string[] Ids(BatchQuery query) => [.. Store.ReadBatches(query).Select(static batch => batch.Id)];
        Assert.Equal([c.Id, b.Id, a.Id], Ids(new BatchQuery()));
        Assert.Equal([a.Id, b.Id, c.Id], Ids(new BatchQuery { OldestFirst = true }));
        Assert.Equal([c.Id, a.Id], Ids(new BatchQuery { Names = [TextPattern.Names("ALPHA*")] }));
        Assert.Equal([a.Id], Ids(new BatchQuery { Names = [TextPattern.Names("alpha")] }));
        Assert.Equal([b.Id], Ids(new BatchQuery { Ids = [b.Id, "nobody"] }));
        Assert.Equal([b.Id], Ids(new BatchQuery { Statuses = [JournalBatchStatus.Canceled] }));
        Assert.Equal([b.Id], Ids(new BatchQuery { EndedBefore = Now }));
        Assert.Empty(Ids(new BatchQuery { EndedBefore = Now - Second }));
        Assert.Equal([c.Id, b.Id], Ids(new BatchQuery { Since = Now - Second }));
        Assert.Equal([b.Id], Ids(new BatchQuery { First = 1, Skip = 1 }));
        Assert.Empty(Ids(new BatchQuery { Statuses = [] }));
        Assert.Null(Store.FindBatch("nobody"));
    }

    [Fact]
    public void A_name_is_the_same_in_any_case()
    {
        var a = Store.CreateBatch(new NewBatch("Été 2024"));
        Fixture.Time.Advance(Second);
        var b = Store.CreateBatch(new NewBatch("éTÉ 2024"));
        Fixture.Time.Advance(Second);
        Store.CreateBatch(new NewBatch("Été 20245"));

        string[] Ids(params TextPattern[] names) => [.. Store.ReadBatches(new BatchQuery { Names = names }).Select(static batch => batch.Id)];
        Assert.Equal([b.Id, a.Id], Ids(TextPattern.Name("ÉTÉ 2024")));
        Assert.Equal([b.Id, a.Id], Ids(TextPattern.Names("été 2024")));
        Assert.Equal([b.Id, a.Id], Ids(TextPattern.Names("?té 2024"), TextPattern.Name("nobody")));
        Assert.Equal([a.Id], Ids(TextPattern.Exactly("Été 2024")));
        Assert.Empty(Ids(TextPattern.Name("?té 2024")));
        Assert.Equal(b.Id, Assert.Single(Store.ReadBatches(new BatchQuery { Names = [TextPattern.Name("ÉTÉ 2024")], First = 1 })).Id);
    }

    [Fact]
    public void Its_status_follows_from_its_tasks()
    {
        var batch = Batch("a", "b");
        Assert.Equal((JournalBatchStatus.Ready, null), (batch.Status, batch.StartedAt));

        var tasks = Claim(batch, 2);
        Assert.Equal((JournalBatchStatus.Running, Now), (Again(batch).Status, Again(batch).StartedAt));
        Make(Complete(tasks[0]));
        Fixture.Time.Advance(Second);
        Make(Fail(tasks[1]));
        Assert.Equal((JournalBatchStatus.Failed, Now), (Again(batch).Status, Again(batch).EndedAt));

        Fixture.Time.Advance(Second);
        Make(TaskMove.Requeue(tasks[1].Id, "again"));
        Assert.Equal((JournalBatchStatus.Running, null, Now), (Again(batch).Status, Again(batch).EndedAt, Again(batch).LastResumedAt));

        Make(TaskMove.Skip(tasks[1].Id, null, "never mind"));
        Assert.Equal((JournalBatchStatus.Completed, 100d), (Again(batch).Status, Again(batch).Percent));

        Add(batch, "c");
        Assert.Equal(JournalBatchStatus.Running, Again(batch).Status);
        Store.Apply(batch.Id, BatchMove.Cancel("enough"));
        Assert.Equal(JournalBatchStatus.Canceled, Again(batch).Status);

        Assert.Equal(
            [
                JournalEventKind.BatchCreated, JournalEventKind.TasksAdded, JournalEventKind.BatchStarted, JournalEventKind.BatchEnded, JournalEventKind.BatchResumed,
                JournalEventKind.BatchEnded, JournalEventKind.TasksAdded, JournalEventKind.BatchResumed, JournalEventKind.BatchEnded,
            ],
            BatchEvents(batch));
        IsSound();
    }

    [Fact]
    public void A_pause_keeps_its_newest_reason_and_lets_work_in_flight_end()
    {
        var batch = Batch("a", "b");
        var task = ClaimOne(batch);
        Store.Apply(batch.Id, BatchMove.Pause("Lunch"), Bob);
        var paused = Store.Apply(batch.Id, BatchMove.Pause("Quota", Now + TimeSpan.FromHours(1)), Bob);
        Assert.Equal((JournalBatchStatus.Paused, "Quota", Now + TimeSpan.FromHours(1)), (paused.Status, paused.PauseReason, paused.PausedUntil));

        Make(Complete(task));
        Assert.Equal(JournalBatchStatus.Paused, Again(batch).Status);

        Fixture.Time.Advance(Second);
        var resumed = Store.Apply(batch.Id, BatchMove.Resume("Go on"), Bob);
        Assert.Equal((JournalBatchStatus.Running, null, null, Now), (resumed.Status, resumed.PauseReason, resumed.PausedUntil, resumed.LastResumedAt));
        Assert.Equal(resumed.Status, Store.Apply(batch.Id, BatchMove.Resume("Go on")).Status);
        Assert.Single(BatchEvents(batch), static kind => kind == JournalEventKind.BatchResumed);
    }

    [Fact]
    public void A_paused_batch_whose_last_task_ends_has_ended()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Store.Apply(batch.Id, BatchMove.Pause("Interrupted"));

        Make(Complete(task));

        Assert.Equal((JournalBatchStatus.Completed, null), (Again(batch).Status, Again(batch).PauseReason));
    }

    [Fact]
    public void Stopping_withdraws_what_is_left_and_takes_it_from_its_workers()
    {
        var batch = Batch("a", "b", "c");
        var tasks = Claim(batch, 2);
        Make(Complete(tasks[0]));

        var stopped = Store.Apply(batch.Id, BatchMove.Cancel("enough"), Bob);

        Assert.Equal((JournalBatchStatus.Canceled, new TaskCounts(0, 0, 1, 0, 0, 2)), (stopped.Status, stopped.Counts));
        Assert.Equal(MoveOutcome.LeaseLost, Apply(Complete(tasks[1])).Outcome);
        Assert.Equal(JournalAttemptOutcome.Canceled, Assert.Single(Attempts(tasks[1].Id)).Outcome);
        Assert.Equal("enough", Events(tasks[1].Id)[^1].Reason);
        Fails("IllegalBatchMove", () => Store.Apply(batch.Id, BatchMove.Pause("late")));
        Fails("IllegalBatchMove", () => Store.Apply(batch.Id, BatchMove.Cancel("again")));
        Fails("IllegalBatchMove", () => Store.Apply(batch.Id, BatchMove.Resume("again")));
        Fails("BatchNotFound", () => Store.Apply("nobody", BatchMove.Pause("x")));
    }

    [Fact]
    public void An_empty_batch_can_be_stopped()
    {
        var batch = Store.CreateBatch(new NewBatch("empty"));

        Assert.Equal(JournalBatchStatus.Canceled, Store.Apply(batch.Id, BatchMove.Cancel("never mind")).Status);
    }

    [Fact]
    public void An_amendment_sets_what_it_names_and_nothing_else()
    {
        var batch = Store.CreateBatch(new NewBatch("a") { Metadata = JsonMap.From([new("x", 1), new("y", 2)]), Settings = JsonMap.From([new("s", 1)]), SourceType = "String" });

        var amended = Store.AmendBatch(batch.Id, new BatchAmendment { Metadata = JsonMap.From([new("Y", 3)]), Options = new BatchOptions { MaxRetries = 9 }, InputSource = "pipeline", Reason = "because" }, Bob);

        Assert.Equal((1L, 3L, 1L), (amended.Metadata["x"], amended.Metadata["y"], amended.Settings["s"]));
        Assert.Equal((9, "pipeline", "String"), (amended.Options.MaxRetries, amended.InputSource, amended.SourceType));
        var written = Events(batch)[^1];
        Assert.Equal((JournalEventKind.Amended, "because", "bob"), (written.Kind, written.Reason, written.Worker));
        Fails("BatchNotFound", () => Store.AmendBatch("nobody", new BatchAmendment()));
    }

    [Fact]
    public void Removing_a_batch_removes_all_of_it_and_nothing_of_others()
    {
        var gone = Batch(["one"], "a", "b");
        var kept = Batch("a");
        Add(gone, "c");
        var task = ClaimOne(gone);
        Store.AddTempFile(task.Id, "/tmp/b");
        Store.AddTempFile(task.Id, "/tmp/a");
        Make(Complete(task, new TaskReport { Quota = 1, Result = "1" }));
        Store.SetCheckpoint(gone.Id, "where", "1");
        Store.SetCheckpoint(null, "where", "2");
        var last = Store.ReadEvents(new EventQuery()).Max(static e => e.Id);

        Assert.Equal(["/tmp/a", "/tmp/b"], Store.RemoveBatch(gone.Id));

        Assert.Null(Store.FindBatch(gone.Id));
        Assert.Null(Store.FindTask(task.Id));
        Assert.Equal("a", Assert.Single(Store.ReadTasks(TaskQuery.All)).Key);
        Assert.All(Store.ReadEvents(new EventQuery()), e => Assert.Equal(kept.Id, e.BatchId));
        Assert.Empty(Store.ReadAttempts(new AttemptQuery()));
        Assert.Null(Store.FindCheckpoint(gone.Id, "where"));
        Assert.NotNull(Store.FindCheckpoint(null, "where"));
        Fails("BatchNotFound", () => Store.RemoveBatch(gone.Id));
        IsSound();

        // What follows a journal by ids must not miss what comes after a removal.
        var next = Batch("z");
        Assert.True(Task(next, "z").Id > task.Id);
        Assert.True(Events(next)[0].Id > last);
    }

    [Fact]
    public void Checkpoints_are_set_found_listed_and_cleared_by_batch()
    {
        var batch = Batch();
        Store.SetCheckpoint(batch.Id, "scan", """{"at":"/a"}""");
        Fixture.Time.Advance(Second);
        var set = Store.SetCheckpoint(batch.Id, "scan", """{"at":"/b"}""");
        Store.SetCheckpoint(batch.Id, "Scan", "1");
        Store.SetCheckpoint(null, "scan", "2");

        Assert.Equal(new JournalCheckpoint("scan", batch.Id, """{"at":"/b"}""", Now, Fixture.Location), set);
        Assert.Equal(set, Store.FindCheckpoint(batch.Id, "scan"));
        Assert.Equal(["Scan", "scan"], Store.ReadCheckpoints(batch.Id).Select(static checkpoint => checkpoint.Name));
        Assert.Equal("2", Assert.Single(Store.ReadCheckpoints(null)).Json);
        Assert.Null(Store.FindCheckpoint(batch.Id, "none"));
        Assert.True(Store.ClearCheckpoint(batch.Id, "scan"));
        Assert.False(Store.ClearCheckpoint(batch.Id, "scan"));
        Assert.NotNull(Store.FindCheckpoint(null, "scan"));
        Fails("BatchNotFound", () => Store.SetCheckpoint("nobody", "a", "1"));
    }

    [Fact]
    public void The_journal_says_what_it_holds_and_who_works()
    {
        var batch = Batch("a", "b", "c");
        Make(Complete(Claim(batch, 2)[0]));

        var info = Store.Describe();

        Assert.Equal((Fixture.Location, 1L, new TaskCounts(1, 1, 1, 0, 0, 0)), (info.Path, info.Batches, info.Tasks));
        Assert.Equal(Ann, Assert.Single(info.Workers));
        Assert.True(info.Size > 0);
        Assert.True(info.SchemaVersion > 0);
    }
}
