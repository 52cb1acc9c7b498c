using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Conformance;

/// <summary>The audit trail is a chain without gaps, and every attempt that ended is on record.</summary>
public abstract class HistoryConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    [Fact]
    public void The_events_of_a_task_lead_from_each_status_to_the_next()
    {
        var batch = Batch("a");
        Make(Retry(ClaimOne(batch), TimeSpan.Zero));
        var task = ClaimOne(batch);
        Make(TaskMove.Recover(task.Id, task.Token, "dead"));
        Make(Fail(ClaimOne(batch)));
        Make(TaskMove.Requeue(task.Id, "again"));
        Make(Complete(ClaimOne(batch)));

        var events = Events(task.Id);

        var status = "Pending";
        foreach (var e in events)
        {
            Assert.Equal(status, e.From);
            status = e.To!;
        }

        Assert.Equal("Completed", status);
        Assert.Equal(
            [
                JournalEventKind.Claimed, JournalEventKind.Retried, JournalEventKind.Claimed, JournalEventKind.Recovered, JournalEventKind.Claimed,
                JournalEventKind.Failed, JournalEventKind.Requeued, JournalEventKind.Claimed, JournalEventKind.Completed,
            ],
            events.Select(static e => e.Kind));
        Assert.Equal(events.Select(static e => e.Id).Order(), events.Select(static e => e.Id));
        IsSound();
    }

    [Theory]
    [MemberData(nameof(TestCases.HostileTexts), MemberType = typeof(TestCases))]
    public void An_event_of_the_user_comes_back_as_it_was(string text)
    {
        var batch = Batch("a");
        var task = Task(batch, "a");
        text = text[..Math.Min(text.Length, NewEvent.MaxMessageLength)];
        var name = text[..Math.Min(text.Length, NewEvent.MaxNameLength)];

        Store.AddEvent(batch.Id, task.Id, new NewEvent(name, text, text), Ann);
        Store.AddEvent(batch.Id, null, new NewEvent("published", null, null));

        var about = Events(task.Id)[^1];
        Assert.Equal((JournalEventKind.Noted, name, text, text), (about.Kind, about.Name, about.Reason, about.Data));
        Assert.Equal((batch.Id, Ann.Name), (about.BatchId, about.Worker));
        var whole = Events(batch)[^1];
        Assert.Equal((JournalEventKind.Noted, "published", null, null, null), (whole.Kind, whole.Name, whole.Reason, whole.Data, whole.TaskId));
        IsSound();
    }

    [Fact]
    public void An_event_about_what_is_not_there_is_refused()
    {
        var batch = Batch("a");
        var other = Batch("b");

        Fails("BatchNotFound", () => Store.AddEvent("nope", null, new NewEvent("x", null, null)));
        Fails("TaskNotFound", () => Store.AddEvent(batch.Id, 999, new NewEvent("x", null, null)));
        Fails("TaskNotFound", () => Store.AddEvent(batch.Id, Task(other, "b").Id, new NewEvent("x", null, null)));
        Assert.DoesNotContain(Events(batch), static entry => entry.Kind is JournalEventKind.Noted);
    }

    [Fact]
    public void Events_are_found_by_all_that_can_be_asked()
    {
        var batch = Batch("a", "b");
        var other = Batch("c");
        var start = Now;
        Fixture.Time.Advance(Second);
        var task = ClaimOne(batch);
        Fixture.Time.Advance(Second);
        Make(Complete(task));

        JournalEventKind[] Kinds(EventQuery query) => [.. Store.ReadEvents(query).Select(static e => e.Kind)];
        Assert.Equal([JournalEventKind.BatchCreated, JournalEventKind.TasksAdded], Kinds(new EventQuery { BatchIds = [other.Id] }));
        Assert.Equal([JournalEventKind.Claimed, JournalEventKind.Completed], Kinds(new EventQuery { TaskIds = [task.Id] }));
        Assert.Equal([JournalEventKind.Completed], Kinds(new EventQuery { Kinds = [JournalEventKind.Completed, JournalEventKind.Failed] }));
        Assert.Equal([JournalEventKind.BatchStarted, JournalEventKind.Claimed], Kinds(new EventQuery { Since = start + Second, Until = Now }));
        Assert.Equal([JournalEventKind.Claimed, JournalEventKind.Completed], Kinds(new EventQuery { Last = 2 }));
        Assert.Equal([JournalEventKind.BatchCreated], Kinds(new EventQuery { First = 1 }));
        Assert.Equal(7, Kinds(new EventQuery()).Length);
        var third = Store.ReadEvents(new EventQuery()).ElementAt(4).Id;
        Assert.Equal([JournalEventKind.Claimed, JournalEventKind.Completed], Kinds(new EventQuery { AfterId = third }));
        Assert.Empty(Kinds(new EventQuery { BatchIds = ["nobody"] }));
        Assert.Empty(Kinds(new EventQuery { TaskIds = [] }));
    }

    [Fact]
    public void An_attempt_tells_when_where_who_and_why()
    {
        var batch = Batch(["Get", "Put"], "a");
        var task = ClaimOne(batch);
        var claimed = Now;
        Fixture.Time.Advance(TimeSpan.FromSeconds(3));
        Make(Retry(task, TimeSpan.Zero));
        var second = ClaimOne(batch);
        Fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Make(TaskMove.Complete(second.Id, second.Token, TaskReport.Nothing, Second));

        var attempts = Attempts(task.Id);

        Assert.Equal((1L, "Get", Ann.Name, "a", batch.Id), (attempts[0].Number, attempts[0].Stage, attempts[0].Worker, attempts[0].Key, attempts[0].BatchId));
        Assert.Equal((claimed, claimed + TimeSpan.FromSeconds(3)), (attempts[0].StartedAt, attempts[0].EndedAt));
        Assert.Equal((JournalAttemptOutcome.Failed, Broken.Category, Broken.Message, Broken.ErrorId, Broken.ScriptStackTrace),
            (attempts[0].Outcome, attempts[0].ErrorCategory, attempts[0].ErrorMessage, attempts[0].ErrorId, attempts[0].ScriptStackTrace));
        Assert.Equal((2L, JournalAttemptOutcome.Completed, Now - Second, Now), (attempts[1].Number, attempts[1].Outcome, attempts[1].StartedAt, attempts[1].EndedAt));
        Assert.Null(attempts[1].ErrorMessage);
        Assert.Equal(TimeSpan.FromSeconds(4), Task(task.Id).Duration);
    }

    [Theory]
    [MemberData(nameof(TestCases.HostileTexts), MemberType = typeof(TestCases))]
    public void What_an_attempt_wrote_is_kept_with_that_attempt(string text)
    {
        var batch = Batch(["Get", "Put"], "a");
        var moves = new Func<JournalTask, TaskMove>[]
        {
            task => TaskMove.Retry(task.Id, task.Token, Broken, new TaskReport { Log = text }, Now, null, "try again"),
            task => TaskMove.Release(task.Id, task.Token, "stopped", new TaskReport { Log = text + "2" }),
            task => TaskMove.Refund(task.Id, task.Token, Broken, new TaskReport { Log = text + "3" }, null, null, "quota"),
            Fail,
            task => TaskMove.Advance(task.Id, task.Token, new TaskReport { Log = text + "5" }, Second, keepsClaim: false),
            task => TaskMove.Complete(task.Id, task.Token, new TaskReport { Log = text + "6" }, Second),
        };
        var id = 0L;
        foreach (var move in moves)
        {
            var task = ClaimOne(batch);
            id = task.Id;
            Make(move(task));
            if (Task(id).Status is JournalTaskStatus.Failed) Make(TaskMove.Requeue(id, "again"));
        }

        Assert.Equal([text, text + "2", text + "3", null, text + "5", text + "6"], Attempts(id).Select(static attempt => attempt.Log));
        IsSound();

        static TaskMove Fail(JournalTask task) => TaskMove.Fail(task.Id, task.Token, Broken, TaskReport.Nothing);
    }

    [Fact]
    public void Attempts_are_found_by_all_that_can_be_asked()
    {
        var batch = Batch(["Get", "Put"], "a", "b");
        var other = Batch("c");
        var tasks = Claim(batch, 2);
        Make(Fail(tasks[0]));
        Make(TaskMove.Advance(tasks[1].Id, tasks[1].Token, TaskReport.Nothing, Second, keepsClaim: false));
        Fixture.Time.Advance(Second);
        Make(Complete(ClaimOne(batch)));
        Make(Complete(ClaimOne(other)));

        (string, long)[] Found(AttemptQuery query) => [.. Store.ReadAttempts(query).Select(static attempt => (attempt.Key, attempt.Number))];
        Assert.Equal([("a", 1), ("b", 1), ("b", 2)], Found(new AttemptQuery { BatchIds = [batch.Id] }));
        Assert.Equal([("b", 1), ("b", 2)], Found(new AttemptQuery { TaskIds = [tasks[1].Id] }));
        Assert.Equal([("a", 1)], Found(new AttemptQuery { Outcomes = [JournalAttemptOutcome.Failed] }));
        Assert.Equal([("a", 1)], Found(new AttemptQuery { Categories = [JournalErrorCategory.NetworkError] }));
        Assert.Equal([("b", 2)], Found(new AttemptQuery { Stages = ["put"] }));
        Assert.Equal([("b", 2), ("c", 1)], Found(new AttemptQuery { Since = Now }));
        Assert.Equal([("a", 1), ("b", 1)], Found(new AttemptQuery { Until = Now }));
        Assert.Equal([("b", 1)], Found(new AttemptQuery { Skip = 1, First = 1 }));
        Assert.Empty(Found(new AttemptQuery { BatchIds = ["nobody"] }));
    }

    // A random walk through all the store can do: whatever the order, the journal stays sound and its counters true.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_happens_in_whatever_order_the_journal_stays_sound(int seed)
    {
        var random = new Random(seed);
        JournalBatch[] batches = [Batch(["one", "two", "three"], "a", "b", "c", "d"), Batch("a", "b", "c")];
        var kinds = TaskLifecycle.Moves.Select(static rule => rule.Kind).Where(static kind => kind != TaskMoveKind.Claim).ToArray();
        for (var step = 0; step < 300; step++)
        {
            var batch = Again(batches[random.Next(batches.Length)]);
            Fixture.Time.Advance(TimeSpan.FromMilliseconds(random.Next(2000)));
            switch (random.Next(10))
            {
                case 0: Add(batch, $"k{random.Next(12)}", $"k{random.Next(12)}"); break;
                case 1 when batch.IsIncomplete: Store.Apply(batch.Id, random.Next(4) == 0 ? BatchMove.Cancel("x") : BatchMove.Pause("x", Now + Second)); break;
                case 2 when batch.IsIncomplete: Store.Apply(batch.Id, BatchMove.Resume("x")); break;
                case 3: Store.ApplyToAll(TaskMove.Requeue(0, "x"), new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.Failed, JournalTaskStatus.Canceled] }); break;
                case 4 or 5 or 6: Claim(batch, random.Next(1, 4)); break;
                default:
                    var tasks = Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToList();
                    var task = tasks[random.Next(tasks.Count)];
                    Apply(Any(kinds[random.Next(kinds.Length)], task, random));
                    break;
            }
        }

        IsSound();
        Assert.All(batches, batch =>
        {
            var tasks = Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToList();
            var counted = tasks.Aggregate(default(TaskCounts), static (counts, task) => counts.Moved(null, task.Status));
            Assert.Equal(counted, Again(batch).Counts);
            Assert.All(tasks, task => Assert.Equal(task.Token - (task.Status == JournalTaskStatus.InProgress ? 1 : 0), Attempts(task.Id).Count));
        });
    }

    private TaskMove Any(TaskMoveKind kind, JournalTask task, Random random)
    {
        var report = new TaskReport { Quota = random.Next(3), Outputs = random.Next(2) == 0 ? [$"/o{random.Next(5)}"] : null, Result = "1" };
        return kind switch
        {
            TaskMoveKind.Complete => TaskMove.Complete(task.Id, task.Token, report),
            TaskMoveKind.Advance => TaskMove.Advance(task.Id, task.Token, report, null, keepsClaim: random.Next(2) == 0),
            TaskMoveKind.Fail => TaskMove.Fail(task.Id, task.Token, Broken, report),
            TaskMoveKind.Retry => TaskMove.Retry(task.Id, task.Token, Broken, report, Now + TimeSpan.FromSeconds(random.Next(3)), null, "again"),
            TaskMoveKind.Release => TaskMove.Release(task.Id, task.Token, "stopped", report),
            TaskMoveKind.Recover => TaskMove.Recover(task.Id, task.Token, "gone"),
            TaskMoveKind.Abandon => TaskMove.Abandon(task.Id, task.Token, Broken, "gone"),
            TaskMoveKind.Skip => TaskMove.Skip(task.Id, null, "no need"),
            TaskMoveKind.Cancel => TaskMove.Cancel(task.Id, "stop"),
            TaskMoveKind.Requeue => TaskMove.Requeue(task.Id, "again"),
            _ => TaskMove.Refund(task.Id, null, null, report, null, null, "quota"),
        };
    }
}
