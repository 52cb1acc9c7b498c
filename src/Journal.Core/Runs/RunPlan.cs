using Journal.Lifecycle;
using Journal.Statistics;
using Journal.Storage;
using Journal.Storage.Shared;

namespace Journal.Runs;

/// <summary>What a run does with a task.</summary>
public enum PlannedAction
{
    /// <summary>Run it.</summary>
    Run,

    /// <summary>Record it as Completed without running it: its result is there.</summary>
    Record,

    /// <summary>Wait for it: another worker holds it.</summary>
    Wait,

    /// <summary>Fail it without running it: its worker died with it too often.</summary>
    Fail,

    /// <summary>Leave it alone.</summary>
    Leave,
}

/// <summary>What a run does with a task, and why.</summary>
/// <param name="Action">What.</param>
/// <param name="Kind">The reason in a word or two, by which tasks are counted: <c>new</c>, <c>failed before</c>.</param>
/// <param name="Why">The reason in full, for this task.</param>
public readonly record struct TaskPlan(PlannedAction Action, string Kind, string Why);

/// <summary>Ended tasks that a run puts back before it begins.</summary>
/// <param name="Statuses">In which statuses; null for all.</param>
/// <param name="FromStage">See <see cref="TaskMove.Requeue"/>.</param>
/// <param name="Reason">Why, for the audit trail.</param>
public sealed record PlannedRequeue(IReadOnlyList<JournalTaskStatus>? Statuses, int? FromStage, string Reason)
{
    /// <summary>Whether a task is put back.</summary>
    public bool Takes(JournalTaskStatus status) => TaskMove.Requeue(0, Reason).Rule.Allows(status) && (Statuses is null || Statuses.Contains(status));
}

/// <summary>
/// What a line that runs a batch is going to do: <c>-WhatIf</c> prints it, and <see cref="RunPreparation"/> and the runner carry it out. Making it changes nothing.
/// </summary>
/// <param name="Order">What the line orders.</param>
/// <param name="Readiness">Whether there is something to run now.</param>
/// <param name="Batch">The batch to go on with; null for a new one.</param>
/// <param name="Now">The time of the plan, by the journal's clock.</param>
public sealed record RunPlan(RunOrder Order, RunReadiness Readiness, JournalBatch? Batch, DateTimeOffset Now)
{
    /// <summary>Whether every task is done again, and what the line says replaces what the batch began with.</summary>
    public bool StartsOver { get; private init; }

    /// <summary>The newest batch of the name, where that has ended and a new one is begun for this reason; else null.</summary>
    public JournalBatch? Ended { get; private init; }

    /// <summary>The id of the newest batch of the name, whatever became of it.</summary>
    public string? Newest { get; private init; }

    /// <summary>The ended tasks that are put back.</summary>
    public IReadOnlyList<PlannedRequeue> Requeues { get; private init; } = [];

    /// <summary>Whether the budget that the run would have does not last for a task: it pauses at once.</summary>
    public bool IsQuotaUsedUp => Batch is { } batch && (Lifted(batch, Order) with { Counts = AfterRequeues(batch.Counts) }) is { IsQuotaUsedUp: true } used && !(used.QuotaOpensAt <= Now);

    /// <summary>When the budget lasts for a task again, where <see cref="IsQuotaUsedUp"/>; null where nobody knows.</summary>
    public DateTimeOffset? QuotaOpensAt => Batch is { } batch ? Lifted(batch, Order).QuotaOpensAt : null;

    /// <summary>When the pause of the batch ends that the run waits for; null where it waits for none.</summary>
    public DateTimeOffset? WaitsUntil { get; private init; }

    /// <summary>How many recorded results of earlier runs come out before the run begins.</summary>
    public long WaitingResults { get; private init; }

    /// <summary>Makes the plan.</summary>
    /// <param name="store">The journal; null where there is none yet.</param>
    /// <param name="order">What the line orders.</param>
    /// <exception cref="JournalException">BatchNotFound, NothingToResume, InputSourceChanged, SettingChanged, StagesChanged, StageNotFound.</exception>
    public static RunPlan Make(IJournalStore? store, RunOrder order)
    {
        if (store is null)
        {
            if (order.Mode is RunMode.Resume) throw JournalErrors.NothingToResume(order.Definition.Name, "there is no batch of this name.");
            return new RunPlan(order, order.HasInput ? RunReadiness.Ready : RunReadiness.NothingToRun, null, default);
        }

        var newest = BatchSelection.NewestOf(store, order.Definition.Name);
        var choice = order.BatchId is { } id
            ? BatchSelection.Choose(store.MeantBatch(id), order.Definition, order.Mode)
            : BatchSelection.Choose(store, order.Definition, order.Mode, batch => ResultOutbox.IsUndelivered(store, batch, order.Processes, order.Redelivers));
        return Make(order, choice, newest, store.Now) with
        {
            WaitingResults = choice.Existing is { } batch ? store.ReadOutbox(batch.Id).Where(static share => share.Writer is null).Sum(static share => share.Items) : 0,
        };
    }

    /// <summary>Makes the plan from what was found.</summary>
    /// <param name="order">What the line orders.</param>
    /// <param name="choice">The batch it means.</param>
    /// <param name="newest">The newest batch of its name; null where there is none.</param>
    /// <param name="now">The time by the journal's clock.</param>
    public static RunPlan Make(RunOrder order, BatchChoice choice, JournalBatch? newest, DateTimeOffset now)
    {
        // A new batch of the name is no way around an operator's pause.
        if (choice.Existing is null && newest is { Status: JournalBatchStatus.Paused, IsHeld: true }) return new RunPlan(order, RunReadiness.Paused, newest, now) { Newest = newest.Id };
        if (choice.Existing is not { } batch)
        {
            return new RunPlan(order, order.HasInput ? RunReadiness.Ready : RunReadiness.NothingToRun, null, now)
            {
                Newest = newest?.Id,
                Ended = order.Mode is RunMode.ResumeOrNew ? newest : null,
            };
        }

        // Without inputs, and without a word of it, there is nothing to compare.
        if (order.HasInput || order.GivesLimitBy) PaceRules.RequireLimitBy(batch, order.GivesLimitBy ? order.Options(batch.Options).LimitBy : null, mayBegin: true);
        var from = StageNaming.PositionOf(batch, order.FromStage);
        var holds = PauseHolds(batch, order.Mode, now) && !IsLifted(batch, order);
        var waitsUntil = holds && order.Waits ? PauseWait.UntilOf(batch) : null;
        return new RunPlan(order, holds && waitsUntil is null ? RunReadiness.Paused : RunReadiness.Ready, batch, now)
        {
            WaitsUntil = waitsUntil,
            Newest = newest?.Id,
            StartsOver = choice.StartOver,
            Requeues = choice.StartOver ? [new PlannedRequeue(null, from ?? 0, "Started over.")]
                : order.SkipFailed ? []
                : [new PlannedRequeue([JournalTaskStatus.Failed], from, "The batch was run again.")],
        };
    }

    // A pause for a budget is over with a larger one, whether the line or somebody before it gave that.
    private static bool IsLifted(JournalBatch batch, RunOrder order) => batch.IsPausedForQuota
        && (batch.PauseReason!.StartsWith(JournalBatch.QuotaReason, StringComparison.Ordinal) || batch.Options.QuotaLimits is not null)
        && !Lifted(batch, order).IsQuotaUsedUp;

    // The batch as the line would run it.
    private static JournalBatch Lifted(JournalBatch batch, RunOrder order)
    {
        var under = batch.Under(order.Options(batch.Options));
        return under.Status is JournalBatchStatus.Paused ? under with { QuotaUse = under.QuotaUse.Opened(all: false) } : under;
    }

    /// <summary>Whether a pause holds against a line.</summary>
    /// <remarks>
    /// One that an operator ordered without an end holds against all, until Resume-JournalBatch. One with a time to its end (a quota that is renewed, a
    /// maintenance window) holds against a line that merely runs the batch again, until that time. What a stopped run left is lifted by the next run.
    /// </remarks>
    public static bool PauseHolds(JournalBatch batch, RunMode mode, DateTimeOffset now) => batch.Status is JournalBatchStatus.Paused
        && (batch.IsHeld || (mode is not (RunMode.Resume or RunMode.Force) && batch.PausedUntil is { } until && until > now));

    /// <summary>For an input that the batch does not have.</summary>
    /// <param name="earlier">What earlier batches say of it, in an incremental run.</param>
    public TaskPlan Of(EarlierAnswer? earlier = null) =>
        earlier is { LeavesOut: true } left ? new(PlannedAction.Leave, "completed before", left.Why)
        : NotThisStage(Order.Definition.Stages.Count > 0 ? Order.Definition.Stages[0] : null)
        ?? WithinQuota(earlier is { } changed ? new(PlannedAction.Run, changed.Kind, changed.Why) : new(PlannedAction.Run, "new", Batch is null ? "new batch" : "new input"));

    /// <summary>For an input for whose key the batch has a task.</summary>
    /// <param name="input">The input.</param>
    /// <param name="task">The task.</param>
    /// <param name="recovery">What recovery does with it; null where it is its worker's, or nobody's.</param>
    /// <param name="lostOutput">What is different about its outputs; null for nothing.</param>
    public TaskPlan Of(NewTask input, JournalTask task, TaskMove? recovery = null, string? lostOutput = null)
    {
        if (task.Status is JournalTaskStatus.Canceled && !StartsOver)
        {
            return NotThisStage(task.Stage) ?? WithinQuota(new(PlannedAction.Run, "canceled before", "canceled before; its input is given again"));
        }

        var plan = Of(task, recovery, lostOutput);
        return plan.Action is PlannedAction.Run && AmendmentRules.TakesInput(task.Status) && AmendmentRules.IsMended(input, task.StoredInput, task.Metadata.Json)
            ? plan with { Kind = "input changed", Why = $"its input changed since the batch began; {plan.Why}" }
            : plan;
    }

    /// <summary>For an input whose result is there already, and of which the batch has no task that was ever begun.</summary>
    public static TaskPlan AlreadyThere { get; } = new(PlannedAction.Record, "already there", "its result is there already");

    /// <summary>For a task that the batch has.</summary>
    /// <param name="task">The task.</param>
    /// <param name="recovery">What recovery does with it; null where it is its worker's, or nobody's.</param>
    /// <param name="lostOutput">What is different about its outputs; null for nothing.</param>
    public TaskPlan Of(JournalTask task, TaskMove? recovery = null, string? lostOutput = null) => WithinQuota(WithoutQuota(task, recovery, lostOutput));

    private TaskPlan WithinQuota(TaskPlan plan) => plan.Action is PlannedAction.Run && IsQuotaUsedUp && !(Order.Waits && QuotaOpensAt is not null) ? new(PlannedAction.Leave, "quota used up", $"the quota limit is used up; {plan.Why}") : plan;

    private TaskPlan WithoutQuota(JournalTask task, TaskMove? recovery, string? lostOutput)
    {
        var age = task.EndedAt is { } ended ? " " + RelativeTime.Age(Now - ended) : "";
        if (lostOutput is not null && !StartsOver)
        {
            return NotThisStage(Batch!.Stages.Count > 0 ? Batch.Stages[0] : null) ?? new(PlannedAction.Run, "output lost", $"its output is lost: {lostOutput}");
        }

        switch (task.Status)
        {
            case JournalTaskStatus.InProgress when recovery is null:
                return new(PlannedAction.Wait, "in progress", $"in progress under {task.Worker}");
            case JournalTaskStatus.InProgress when recovery.Kind is TaskMoveKind.Abandon:
                return new(PlannedAction.Fail, "abandoned", $"its worker died ({task.Worker}), and it is failed as Abandoned");
            case JournalTaskStatus.InProgress:
                return NotThisStage(task.Stage) ?? new(PlannedAction.Run, "worker died", $"in flight when its worker died ({task.Worker}){Asked}");
            case JournalTaskStatus.Pending:
                return NotThisStage(task.Stage) ?? OfPending(task);
        }

        if (Requeues.FirstOrDefault(requeue => requeue.Takes(task.Status)) is not { } taken)
        {
            var left = task.Status is JournalTaskStatus.Failed ? $"failed{age}, and -SkipFailed leaves it" : $"{Word(task.Status)}{age}";
            return new(PlannedAction.Leave, Word(task.Status), left);
        }

        var stage = StageAfter(task, taken);
        var where = stage is null ? "" : $", from stage {stage}";
        return NotThisStage(stage) ?? (StartsOver
            ? new(PlannedAction.Run, $"{Word(task.Status)} before", $"-Force; it was {task.Status}{age}{where}")
            : new(PlannedAction.Run, "failed before", $"failed{age}{where}: {task.ErrorCategory}: {task.ErrorMessage}"));
    }

    /// <summary>What the limits that the run would have mean for its tasks, a sentence each.</summary>
    /// <param name="tasks">How many it would run.</param>
    /// <param name="cost">What they cost of the rate limit, together.</param>
    public IEnumerable<string> Limits(long tasks, double cost)
    {
        if (tasks == 0) yield break;
        if (Order.ChunkSize is { } size) yield return size == 1 ? "Each call of the block gets a chunk of 1 task." : $"Each call of the block gets a chunk of up to {Amount.Of(size, "task")}: at least {Amount.Of((tasks + size - 1) / size, "call")}.";
        var options = Order.Options(Batch?.Options ?? Order.NewOptions);
        if (Batch is { HeldBackUntil: { } held } && held > Now) yield return $"Nothing starts before {RelativeTime.Local(held)}, because the other side asked for that: {Batch.HoldReason}";
        if (!IsQuotaUsedUp && QuotaRoom(options) is { } room && room < tasks) yield return $"The quota lasts for about {Amount.Of((long)room, "task")} of {tasks}.";
        var of = options.LimitBy is { } by ? $" of each value of '{by}'" : "";
        if (options.ConcurrencyLimit is { } most) yield return $"At most {Amount.Of(most, "task")}{of} {(most == 1 ? "is" : "are")} in progress at once.";
        if (options.RateLimit is not { } rate) yield break;
        // The last one starts when what is before it is paid for, as far as the burst does not pay it.
        var last = rate.Period / rate.Count * Math.Max(0, cost - rate.Burst);
        yield return options.LimitBy is not null ? $"The rate limit{of} is {rate}."
            : $"Under the rate limit {rate} the last of {Amount.Of(tasks, "task")} starts {(last > TimeSpan.Zero ? $"in {RelativeTime.Countdown(last)} at the earliest" : "at once")}{(cost.Equals(tasks) ? "" : FormattableString.Invariant($": together they cost {cost:0.##}"))}.";
    }

    // By what tasks have needed so far; where nobody knows, nothing is said.
    private double? QuotaRoom(BatchOptions options) => options.HasQuota && Batch is { } batch ? Lifted(batch, Order).QuotaRoom(Now) : null;

    private TaskPlan OfPending(JournalTask task) => task switch
    {
        { IsHeld: true } => new(PlannedAction.Leave, "held", "held by an operator until it is let go (Set-JournalTask -Hold:$false)"),
        { WaitsForKey: true } => new(PlannedAction.Run, "waits for its key", $"waits for other tasks of '{task.LimitKey}'"),
        { NotBefore: { } due } when due > Now && task.ErrorCategory is not JournalErrorCategory.None =>
            new(PlannedAction.Run, "waits", $"waits until {RelativeTime.Local(due)} (in {RelativeTime.Countdown(due - Now)}) after {task.ErrorCategory}: {task.ErrorMessage}"),
        { NotBefore: { } due } when due > Now => new(PlannedAction.Run, "waits", $"waits until {RelativeTime.Local(due)} (in {RelativeTime.Countdown(due - Now)})"),
        { Crashes: > 0 } => new(PlannedAction.Run, "worker died", $"pending; workers died with it {task.Crashes} time{(task.Crashes == 1 ? "" : "s")}{Asked}"),
        { Token: > 0 } => new(PlannedAction.Run, "pending", "pending; it was begun before"),
        _ => new(PlannedAction.Run, "pending", "pending"),
    };

    private TaskCounts AfterRequeues(TaskCounts counts) => StartsOver ? new TaskCounts(counts.Total, 0, 0, 0, 0, 0)
        : Requeues.Count > 0 ? counts with { Pending = counts.Pending + counts.Failed, Failed = 0 }
        : counts;

    private string Asked => Order.Reconciles ? ", unless -Reconcile says that it was done" : "";

    private string? StageAfter(JournalTask task, PlannedRequeue requeue) => StageNaming.PositionOf(Batch!, task.Stage) is { } at
        ? Batch!.Stages[(int)MoveEffects.RequeuedTo(TaskMove.Requeue(task.Id, requeue.Reason, requeue.FromStage), task.Status, at)]
        : null;

    private TaskPlan? NotThisStage(string? stage) => Order.Stage is null || stage is null || string.Equals(Order.Stage, stage, StringComparison.OrdinalIgnoreCase)
        ? null
        : new(PlannedAction.Leave, "another stage", $"waits for stage {stage}; this run does {Order.Stage} only");

    private static string Word(JournalTaskStatus status) => status.ToString().ToLowerInvariant();
}
