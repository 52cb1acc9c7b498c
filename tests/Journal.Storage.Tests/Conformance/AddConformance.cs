using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>Adding tasks: every key once, every text as it came.</summary>
public abstract class AddConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Theory]
    [MemberData(nameof(TestCases.HostileTexts), MemberType = typeof(TestCases))]
    public void Any_text_comes_back_as_it_was(string text)
    {
        var batch = Batch();
        var metadata = JsonMap.From([new(text, text)]);
        Store.AddTasks(batch.Id, [new NewTask(text, new TaskInput(TaskInputKind.Json, text + "!")) { SourceType = text, Metadata = metadata }]);
        var task = ClaimOne(batch);
        Make(TaskMove.Fail(task.Id, task.Token, new TaskError(JournalErrorCategory.Unknown, text, text, text, text), new TaskReport { TargetId = text, Outputs = [text], QuotaProject = text, Quota = 1 }, null, text));
        Store.SetCheckpoint(batch.Id, text, text);
        Store.AddTempFile(task.Id, text);

        var read = Task(batch, text);

        Assert.Equal((text, text + "!", text), (read.Key, read.StoredInput.Text, read.SourceType));
        Assert.Equal((text, text, text, text), (read.ErrorMessage, read.Signature, read.TargetId, read.QuotaProject));
        Assert.Equal(text, read.Metadata[text]);
        Assert.Equal([text], read.Outputs);
        Assert.Equal((text, text, text), (Attempts(task.Id)[0].ErrorMessage, Attempts(task.Id)[0].ErrorId, Attempts(task.Id)[0].ScriptStackTrace));
        Assert.Equal(text, Events(task.Id)[^1].Reason);
        Assert.Equal(text, Store.FindCheckpoint(batch.Id, text)!.Json);
        Assert.Equal([text], Store.ReadTempFiles(task.Id));
        Assert.Equal(1, Add(batch, text).AlreadyThere);
    }

    [Fact]
    public void An_input_that_is_added_again_takes_up_its_canceled_task()
    {
        var batch = Batch("canceled", "left canceled", "completed", "failed");
        foreach (var key in new[] { "canceled", "left canceled" }) Make(TaskMove.Cancel(Task(batch, key).Id, "not now"));
        Make(Complete(ClaimOne(batch)));
        Make(Fail(ClaimOne(batch)));

        var result = Store.Enqueue(batch.Id, [New("canceled"), New("completed"), New("failed"), New("new")], Ann);

        Assert.Equal((1, 3, 1), (result.Added, result.AlreadyThere, result.TakenUp));
        Assert.Equal(
            [JournalTaskStatus.Pending, JournalTaskStatus.Canceled, JournalTaskStatus.Completed, JournalTaskStatus.Failed, JournalTaskStatus.Pending],
            new[] { "canceled", "left canceled", "completed", "failed", "new" }.Select(key => Task(batch, key).Status));
        IsSound();
    }

    [Fact]
    public void A_nul_in_an_error_does_not_cut_it_off()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);

        Assert.Equal("before\0after", Make(Fail(task, new TaskError(JournalErrorCategory.Unknown, "before\0after", "s"))).ErrorMessage);
    }

    [Fact]
    public void A_task_comes_back_as_it_was_added()
    {
        var batch = Store.CreateBatch(new NewBatch("a") { SourceType = "String" });
        Store.AddTasks(batch.Id, [New("plain"), new NewTask("rich", new TaskInput(TaskInputKind.File, "/x/y")) { Priority = -3, Weight = 2.5, SourceType = "FileInfo", Metadata = JsonMap.From([new("a", 1.5)]) }]);

        var plain = Task(batch, "plain");
        Assert.Equal((JournalTaskStatus.Pending, TaskInput.OfText("plain"), 0, 1d, "String"), (plain.Status, plain.StoredInput, plain.Priority, plain.Weight, plain.SourceType));
        Assert.Equal((0, 0, 0L, null, null, null), (plain.Attempts, plain.Crashes, plain.Token, plain.Worker, plain.StartedAt, plain.Stage));
        Assert.Equal((Now, Now, Fixture.Location), (plain.CreatedAt, plain.UpdatedAt, plain.JournalPath));
        Assert.Equal("{}", plain.Metadata.ToString());
        var rich = Task(batch, "rich");
        Assert.Equal((new TaskInput(TaskInputKind.File, "/x/y"), -3, 2.5, "FileInfo"), (rich.StoredInput, rich.Priority, rich.Weight, rich.SourceType));
        Assert.Equal(1.5, rich.Metadata["a"]);
    }

    [Fact]
    public void Keys_that_are_there_are_told_from_keys_that_came_twice()
    {
        var batch = Batch();

        Assert.Equal(new AddResult(2, 0, 1), Add(batch, "a", "b", "a"));
        Assert.Equal(new AddResult(0, 2, 0), Add(batch, "b", "a"));
        Assert.Equal(new AddResult(2, 1, 1), Add(batch, "c", "a", "d", "c"));
        Assert.Equal(new AddResult(1, 0, 0), Add(batch, "A"));
        Assert.Equal(["a", "b", "c", "d", "A"], Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).Select(static task => task.Key));
        Assert.Equal(5, Again(batch).Total);
    }

    [Fact]
    public void The_same_key_may_be_in_two_batches()
    {
        var first = Batch("a");
        var second = Batch("a");

        Assert.NotEqual(Task(first, "a").Id, Task(second, "a").Id);
    }

    [Fact]
    public void One_event_tells_of_all_tasks_of_a_call_and_none_of_a_call_that_added_nothing()
    {
        var batch = Batch();
        Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 50).Select(static i => New($"k{i}"))], Bob);
        Add(batch, "k1");

        var added = Assert.Single(Events(batch), static e => e.Kind == JournalEventKind.TasksAdded);
        Assert.Contains("50", added.Reason, StringComparison.Ordinal);
        Assert.Equal("bob", added.Worker);
    }

    [Fact]
    public void A_bad_key_refuses_the_whole_call()
    {
        var batch = Batch();

        Fails("InvalidKey", () => Add(batch, "good", ""));
        Fails("InvalidKey", () => Add(batch, "good", new string('k', BatchNaming.MaxKeyLength + 1)));
        Assert.Equal(0, Again(batch).Total);
        Assert.Empty(Store.ReadTasks(TaskQuery.All));
        Assert.Equal(1, Add(batch, "good").Added);
        Fails("BatchNotFound", () => Store.AddTasks("nobody", [New("a")]));
    }

    [Fact]
    public void An_amended_task_shows_what_was_set()
    {
        var batch = Batch("a", "b");
        var task = Task(batch, "b");
        Fixture.Time.Advance(Second);

        var amended = Store.AmendTask(task.Id, new TaskAmendment { Priority = 9, Weight = 4, Metadata = JsonMap.From([new("m", 1)]), Reason = "urgent" }, Bob);

        Assert.Equal((9, 4d, 1L, Now), (amended.Priority, amended.Weight, amended.Metadata["m"], amended.UpdatedAt));
        Assert.Equal((JournalEventKind.Amended, "urgent", "bob"), (Events(task.Id)[^1].Kind, Events(task.Id)[^1].Reason, Events(task.Id)[^1].Worker));
        Assert.Equal("b", ClaimOne(batch).Key);
        Store.AmendTask(task.Id, new TaskAmendment { Progress = 10 });
        Assert.Equal(2, Events(task.Id).Count);
        Fails("TaskNotFound", () => Store.AmendTask(4711, new TaskAmendment { Priority = 1 }));
        IsSound();
    }

    [Fact]
    public void Temporary_files_are_noted_once_until_they_are_forgotten()
    {
        var batch = Batch("a");
        var task = Task(batch, "a");
        Store.AddTempFile(task.Id, "/t/2");
        Store.AddTempFile(task.Id, "/t/1");
        Store.AddTempFile(task.Id, "/t/1");

        Assert.Equal(["/t/1", "/t/2"], Store.ReadTempFiles(task.Id));
        Store.ClearTempFiles(task.Id);
        Assert.Empty(Store.ReadTempFiles(task.Id));
        Fails("TaskNotFound", () => Store.AddTempFile(4711, "/t/1"));
    }
}
