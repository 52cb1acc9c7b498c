using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>The plan of a run says of every task what the run then does with it, and the true reason.</summary>
public sealed class RunPlanTests : RunnerFixture
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly JournalBatch Staged = new() { Id = "work-1", Name = "work", Status = JournalBatchStatus.Running, Stages = JsonList.From(["Get", "Put"]) };

    private static readonly JournalBatch Plain = Staged with { Stages = JsonList.Empty };

    [Theory]
    [InlineData(JournalTaskStatus.Pending, PlannedAction.Run, "pending")]
    [InlineData(JournalTaskStatus.Completed, PlannedAction.Leave, "completed")]
    [InlineData(JournalTaskStatus.Failed, PlannedAction.Run, "failed before")]
    [InlineData(JournalTaskStatus.Skipped, PlannedAction.Leave, "skipped")]
    [InlineData(JournalTaskStatus.Canceled, PlannedAction.Leave, "canceled")]
    [InlineData(JournalTaskStatus.InProgress, PlannedAction.Wait, "in progress")]
    public void A_line_that_is_run_again_takes_up_what_waits_and_what_failed(JournalTaskStatus status, PlannedAction action, string kind)
    {
        var plan = Plan(Plain).Of(Task(status) with { Stage = null });
        Assert.Equal((action, kind), (plan.Action, plan.Kind));
    }

    [Fact]
    public void Each_reason_is_told()
    {
        var plan = Plan(Staged);
        Assert.Contains("from stage Put: NetworkError: down", plan.Of(Task(JournalTaskStatus.Failed) with { Stage = "Put" }).Why, StringComparison.Ordinal);
        Assert.StartsWith("waits until ", plan.Of(Task(JournalTaskStatus.Pending) with { NotBefore = Now.AddMinutes(5) }).Why, StringComparison.Ordinal);
        Assert.Equal("its output is lost: gone", plan.Of(Task(JournalTaskStatus.Completed), lostOutput: "gone").Why);
        Assert.Equal(PlannedAction.Run, plan.Of(Task(JournalTaskStatus.InProgress), TaskMove.Recover(1, 1, "died")).Action);
        Assert.Equal(PlannedAction.Leave, Plan(Staged, order => order with { SkipFailed = true }).Of(Task(JournalTaskStatus.Failed)).Action);
        Assert.Equal("new", plan.Of().Kind);
    }

    [Fact]
    public void A_worker_that_died_once_too_often_fails_its_task()
    {
        var abandon = TaskMove.Abandon(1, 1, new TaskError(JournalErrorCategory.Abandoned, "died", "died"), "died");
        Assert.Equal(PlannedAction.Fail, Plan(Plain).Of(Task(JournalTaskStatus.InProgress), abandon).Action);
    }

    [Fact]
    public void A_run_of_one_stage_leaves_the_tasks_of_the_others()
    {
        var plan = Plan(Staged, static order => order with { Stage = "put" });
        Assert.Equal((PlannedAction.Leave, "waits for stage Get; this run does put only"), (plan.Of(Task(JournalTaskStatus.Pending)).Action, plan.Of(Task(JournalTaskStatus.Pending)).Why));
        Assert.Equal(PlannedAction.Run, plan.Of(Task(JournalTaskStatus.Pending) with { Stage = "Put" }).Action);
        Assert.Equal(PlannedAction.Leave, plan.Of().Action);
        Assert.Equal(PlannedAction.Leave, plan.Of(Task(JournalTaskStatus.Failed)).Action);
    }

    [Fact]
    public void All_over_is_from_the_first_stage_unless_it_is_said()
    {
        var done = Task(JournalTaskStatus.Completed) with { Stage = "Put" };
        Assert.EndsWith("from stage Get", Plan(Staged, startOver: true).Of(done).Why, StringComparison.Ordinal);
        Assert.EndsWith("from stage Put", Plan(Staged, static order => order with { FromStage = "put" }, startOver: true).Of(done).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_run_does_what_the_plan_says()
    {
        var batch = Start(8, BatchOptions.Default with { MaxRetries = 0 }, "Get", "Put");
        Run(batch, static (task, _) => (task.Key, task.Stage) switch
        {
            ("task 1", "Get") or ("task 2", "Put") => throw new ArgumentException("no"),
            ("task 3", "Get") => Skip(task),
            _ => null,
        });
        Store.AddTasks(batch.Id, [new NewTask("late", TaskInput.OfText("late"))]);
        var order = new RunOrder(RunMode.ResumeOrNew, new RunDefinition("work", batch.Stages)) { HasInput = true };
        var plan = RunPlan.Make(Store, order);
        var planned = Tasks(batch).Where(task => plan.Of(task).Action is PlannedAction.Run).Select(static task => task.Key).Order().ToList();

        var ran = new System.Collections.Concurrent.ConcurrentBag<string>();
        Run(RunPreparation.Prepare(Store, order).Batch!, (task, _) =>
        {
            ran.Add($"{task.Key}: {task.Stage}");
            return null;
        });

        Assert.Equal(["late", "task 1", "task 2"], planned);
        Assert.Equal(["late: Get", "late: Put", "task 1: Get", "task 1: Put", "task 2: Put"], ran.Order());

        static object? Skip(RunningTask task)
        {
            task.Skip("no need");
            return null;
        }
    }

    // One unit a task. Two and a half do not last for a third task, though they are not used up.
    [Theory]
    [InlineData(2.0, 2.0, RunMode.ResumeOrNew, 0)]
    [InlineData(2.5, 2.5, RunMode.ResumeOrNew, 0)]
    [InlineData(2.5, 2.9, RunMode.ResumeOrNew, 0)]
    [InlineData(2.0, 3.0, RunMode.ResumeOrNew, 1)]
    [InlineData(2.0, 9.0, RunMode.ResumeOrNew, 3)]
    [InlineData(2.5, 2.5, RunMode.Force, 0)]
    [InlineData(3.0, 3.0, RunMode.Force, 0)]
    [InlineData(2.5, 4.0, RunMode.Force, 2)]
    public void The_plan_tells_of_a_budget_what_the_run_makes_of_it(double first, double then, RunMode mode, int ran)
    {
        var batch = Start(5, BatchOptions.Default with { QuotaLimit = first });
        Run(batch, Spend);
        var order = new RunOrder(mode, new RunDefinition("work", batch.Stages)) { HasInput = true, Options = options => options with { QuotaLimit = then } };
        var plan = RunPlan.Make(Store, order);
        var taken = Tasks(batch).Count(task => plan.Of(task).Action is PlannedAction.Run);

        var count = 0;
        Run(RunPreparation.Prepare(Store, order).Batch!, (task, stop) =>
        {
            count++;
            return Spend(task, stop);
        });

        Assert.Equal((ran, ran == 0), (count, plan.IsQuotaUsedUp));
        Assert.Equal(ran == 0, taken == 0);

        static object? Spend(RunningTask task, CancellationToken stop)
        {
            task.AddQuota(1);
            return null;
        }
    }

    private static RunPlan Plan(JournalBatch batch, Func<RunOrder, RunOrder>? with = null, bool startOver = false)
    {
        var order = new RunOrder(startOver ? RunMode.Force : RunMode.ResumeOrNew, new RunDefinition("work", batch.Stages)) { HasInput = true };
        return RunPlan.Make(with?.Invoke(order) ?? order, new BatchChoice(batch, startOver), batch, Now);
    }

    private static JournalTask Task(JournalTaskStatus status) => new()
    {
        Id = 1, BatchId = "work-1", Key = "a", Status = status, Stage = "Get", ErrorCategory = JournalErrorCategory.NetworkError, ErrorMessage = "down", EndedAt = Now.AddHours(-2),
    };
}
