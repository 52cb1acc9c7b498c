using System.Management.Automation;
using Journal.Lifecycle;
using Journal.Policy;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands.Running;

/// <summary>Prints a <see cref="RunPlan"/> for <c>-WhatIf</c>: what it does with each task that it does not leave alone, and the totals.</summary>
/// <param name="cmdlet">Whose -WhatIf.</param>
/// <param name="open">The journal for reading; null where there is none.</param>
/// <param name="make">Makes the plan; asked once, and told whether there is an input.</param>
internal sealed class PlanPrinter(Action<string> tell, Action<string> verbose, Func<IJournalStore?> open, Func<IJournalStore?, bool, RunPlan> make)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<(PlannedAction Action, string Kind), long> _totals = [];
    private readonly Dictionary<long, TaskMove> _recoveries = [];
    private IJournalStore? _store;
    private RunPlan? _plan;
    private long _completedBefore;
    private long _duplicates;
    private double _cost;

    /// <summary>Prints what becomes of an input.</summary>
    public void Add(NewTask input, EarlierAnswer? earlier, bool isThere)
    {
        var plan = Plan(hasInput: true);
        if (plan.Readiness is RunReadiness.Paused) return;
        if (!_told.Add(input.Key))
        {
            _duplicates++;
            return;
        }

        var task = plan.Batch is { } batch ? _store!.ReadTasks(new TaskQuery { BatchIds = [batch.Id], Keys = [TextPattern.Exactly(input.Key)], First = 1 }).FirstOrDefault() : null;
        if (plan.Ended is { } ended && _store!.CountTasks(new TaskQuery { BatchIds = [ended.Id], Keys = [TextPattern.Exactly(input.Key)], Statuses = [JournalTaskStatus.Completed] }) > 0) _completedBefore++;
        if (isThere && earlier is not { LeavesOut: true } && (task is null or { Token: 0, Status: JournalTaskStatus.Pending })) Tell(input.Key, RunPlan.AlreadyThere, 0);
        else Tell(input.Key, earlier is { LeavesOut: true } || task is null ? plan.Of(earlier) : plan.Of(input, task, RecoveryOf(task), LostOutputOf(plan, task)), task?.Cost ?? input.Cost);
    }

    /// <summary>Prints what becomes of the tasks that the batch has and no input named, and the totals.</summary>
    /// <param name="refused">Inputs that could not be taken.</param>
    public void Finish(long refused)
    {
        var plan = Plan(hasInput: false);
        if (plan.Readiness is not RunReadiness.Ready)
        {
            Say(RunMessages.NotRun(plan.Order.Definition.Name, plan, refused));
            return;
        }

        if (plan.Batch is { } batch)
        {
            foreach (var task in _store!.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }))
            {
                if (_told.Add(task.Key)) Tell(task.Key, plan.Of(task, RecoveryOf(task), LostOutputOf(plan, task)), task.Cost);
            }
        }

        if (plan.WaitingResults is > 0 and var waiting) Say($"{Amount.Of(waiting, "recorded result")} of an earlier run {(waiting == 1 ? "comes" : "come")} out first.");
        if (_duplicates > 0) Say(RunMessages.HadEarlierKeys(_duplicates));
        if (plan.WaitsUntil is { } until) Say($"The batch is paused until {RelativeTime.Local(until)} ({plan.Batch!.PauseReason?.TrimEnd('.')}): the run waits until then.");
        else if (plan.IsQuotaUsedUp && plan.Order.Waits && plan.QuotaOpensAt is { } opens) Say($"The quota limit is used up: the run waits until {RelativeTime.Local(opens)}.");
        else if (plan.IsQuotaUsedUp) Say($"The quota limit is used up: the run pauses at once. To go on, run the same line {(plan.Batch?.QuotaResetsAt is { } renewed ? $"after {RelativeTime.Local(renewed)}, or now " : "")}with a higher -QuotaLimit.");
        foreach (var limit in plan.Limits(_totals.Where(static total => total.Key.Action is PlannedAction.Run).Sum(static total => total.Value), _cost)) Say(limit);
        if (plan.Ended is { } ended) Say(RunMessages.BeginsAnew(ended, _completedBefore, _told.Count));
        Say($"{plan.Batch?.Id ?? $"A new batch '{plan.Order.Definition.Name}'"}: {Total(PlannedAction.Run, "to run")}, {(_totals.Keys.Any(static total => total.Action is PlannedAction.Record) ? Total(PlannedAction.Record, "to record") + ", " : "")}{Total(PlannedAction.Wait, "to wait for")}, {Total(PlannedAction.Fail, "to fail")}, {Total(PlannedAction.Leave, "left alone")}.");
    }

    private RunPlan Plan(bool hasInput)
    {
        if (_plan is { } made) return made;
        _store = open();
        var plan = make(_store, hasInput);
        foreach (var task in plan.Batch is { } batch ? _store!.ReadInFlight(batch.Id) : [])
        {
            // The run takes over what the line says of crashes before it recovers.
            var judged = task with { Options = plan.Order.Options(task.Options) };
            if (RecoveryPolicy.Decide(judged, ProcessTable.Instance.Probe(task.Worker, _store!.Location)) is { } move) _recoveries[task.TaskId] = move;
        }

        return _plan = plan;
    }

    private TaskMove? RecoveryOf(JournalTask task) => _recoveries.GetValueOrDefault(task.Id);

    private static string? LostOutputOf(RunPlan plan, JournalTask task) => plan.StartsOver ? null : OutputVerification.DifferenceOf(task, plan.Order.VerifyOutput);

    private string Total(PlannedAction action, string what)
    {
        var of = _totals.Where(total => total.Key.Action == action).OrderByDescending(static total => total.Value).ToList();
        return of.Count == 0 ? $"0 {what}" : $"{of.Sum(static total => total.Value)} {what} ({string.Join(", ", of.Select(static total => $"{total.Value} {total.Key.Kind}"))})";
    }

    private void Tell(string key, TaskPlan plan, double cost)
    {
        if (plan.Action is PlannedAction.Run) _cost += cost;
        _totals[(plan.Action, plan.Kind)] = _totals.GetValueOrDefault((plan.Action, plan.Kind)) + 1;
        if (plan.Action is PlannedAction.Leave)
        {
            verbose($"Leave '{key}': {plan.Why}.");
            return;
        }

        Say(plan.Action switch
        {
            PlannedAction.Run => $"Run '{key}': {plan.Why}.",
            PlannedAction.Record => $"Record '{key}' as completed: {plan.Why}.",
            PlannedAction.Fail => $"Fail '{key}': {plan.Why}.",
            _ => $"Wait for '{key}': {plan.Why}.",
        });
    }

    private void Say(string text) => tell(text);
}
