using Journal.Lifecycle;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>Claims one given task, for a worker written by hand.</summary>
public static class TaskClaim
{
    // Nothing tells a process that another one has ended a task; a worker that waits for one looks this often.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private const int TasksLookedAt = 1000;

    /// <summary>Claims a task, after tasks of dead workers were taken back.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="worker">For whom.</param>
    /// <param name="lease">How long the claim lasts; null for as long as the batch says.</param>
    /// <param name="patience">How long to wait while another worker has the task, or while it waits for a retry.</param>
    /// <param name="processes">Tells who lives.</param>
    /// <param name="recovered">Told of each task that was taken back.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="JournalException">TaskNotFound; TaskNotClaimed: it has ended, its batch is paused, or the time is over.</exception>
    public static JournalTask Claim(
        IJournalStore store, long taskId, WorkerIdentity worker, TimeSpan? lease, TimeSpan patience, IProcessTable processes, Action<RecoveredTask> recovered, TimeProvider time, CancellationToken stop)
    {
        var batch = store.RequireBatch(store.RequireTask(taskId).BatchId);
        var began = time.GetTimestamp();
        while (true)
        {
            foreach (var back in BatchRecovery.Recover(store, batch.Id, processes, worker)) recovered(back);
            var result = store.Exchange(new ExchangeRequest(worker, batch.Id, lease ?? batch.Options.LeaseTimeout) { Claim = 1, Only = [taskId] });
            if (result.Claimed is [var claimed]) return claimed;
            var task = store.RequireTask(taskId);
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || task.EndedAt is not null || result.Batch.Status is JournalBatchStatus.Paused) throw JournalErrors.TaskNotClaimed(taskId, WhyNot(task, result, store.Now));
            if (stop.WaitHandle.WaitOne(left < Look ? left : Look)) stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Why an exchange that asked for tasks brought none, in a sentence: what those that wait are waiting for, and until when.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batchId">The batch.</param>
    /// <param name="result">What the exchange brought.</param>
    /// <param name="stage">The only stage that was asked for; null for any.</param>
    public static string WhyNone(IJournalStore store, string batchId, ExchangeResult result, string? stage = null)
    {
        var (state, now) = (result.Batch, store.Now);
        if (state.Status is JournalBatchStatus.Paused) return $"Nothing to claim: the batch is paused{(state.PausedUntil is { } until ? $" until {RelativeTime.Local(until)}" : "")} ({state.PauseReason}).";
        if (state.Status.HasEnded()) return $"Nothing to claim: the batch is {state.Status}.";
        var waiting = store.ReadTasks(new TaskQuery { BatchIds = [batchId], Statuses = [JournalTaskStatus.Pending], First = TasksLookedAt })
            .Where(task => stage is null || string.Equals(task.Stage, stage, StringComparison.OrdinalIgnoreCase)).ToList();
        if (waiting.Count == 0) return state.Counts.Pending > 0 ? "Nothing to claim: no task that was looked at waits for this stage." : $"Nothing to claim: no task waits, and {Amount.Of(state.Counts.InProgress, "task")} {(state.Counts.InProgress == 1 ? "is" : "are")} in progress.";
        var when = state.NextDue is { } due ? $"Nothing to claim before {RelativeTime.Local(due)}" : "Nothing to claim";
        return $"{when}: {WhyWaits(waiting, state, result.Options, now)}.";
    }

    // Of what is before all others first.
    private static string WhyWaits(List<JournalTask> waiting, BatchState state, BatchOptions options, DateTimeOffset now)
    {
        var byKey = waiting.Where(static task => task.WaitsForKey).ToList();
        var isReady = waiting.Exists(task => task.WaitsFor is null || task.NotBefore <= now);
        if (state.HeldBackUntil > now) return $"the batch is held back, because the other side asked for that ({state.HoldReason})";
        if (byKey.Count > 0)
        {
            var limits = string.Join(" and ", new[] { options.RateLimit is { } rate ? $"-RateLimit {rate}" : null, options.ConcurrencyLimit is { } most ? $"-ConcurrencyLimit {most}" : null }.OfType<string>());
            return $"{Amount.Of(byKey.Count, "task")} {(byKey.Count == 1 ? "waits for its key" : "wait for their keys")}, such as '{byKey[0].LimitKey}'{(limits.Length > 0 ? $" ({limits} of each)" : "")}";
        }

        if (isReady && options is { LimitBy: null, ConcurrencyLimit: { } limit } && state.Counts.InProgress >= limit) return $"{Amount.Of(state.Counts.InProgress, "task")} {(state.Counts.InProgress == 1 ? "is" : "are")} in progress, and -ConcurrencyLimit is {limit}";
        if (isReady && options is { LimitBy: null, RateLimit: { } pace }) return $"-RateLimit {pace} lets no other task start now";
        return waiting.TrueForAll(static task => task.IsHeld)
            ? $"{Amount.Of(waiting.Count, "task")} {(waiting.Count == 1 ? "is" : "are")} held by an operator (Set-JournalTask -Hold:$false)"
            : "the tasks that wait have a time before which they do not start (-NotBefore, a retry, a limit)";
    }

    private static string WhyNot(JournalTask task, ExchangeResult result, DateTimeOffset now) => WhyNot(task, result.Batch) ?? $"{WhyWaits([task], result.Batch, result.Options, now)}.";

    private static string? WhyNot(JournalTask task, BatchState state) => task.Status switch
    {
        JournalTaskStatus.InProgress => $"{task.Worker} has it.",
        JournalTaskStatus.Pending when state.Status is JournalBatchStatus.Paused => $"its batch is paused ({state.PauseReason}).",
        JournalTaskStatus.Pending when task.NotBefore is { } due => $"it waits until {due.ToLocalTime():T}.",
        JournalTaskStatus.Pending => null,
        var status => $"it is {status}.",
    };
}

/// <summary>Which lease a worker means that names a task without its token.</summary>
public static class HeldLease
{
    /// <summary>The token to fence a worker's write with.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="task">The task as it stands.</param>
    /// <param name="token">The token that the worker gave; null where it gave none.</param>
    /// <param name="worker">Whose lease that was, by name; null where the worker did not tell.</param>
    /// <param name="processes">Tells whether the task's worker is in this process.</param>
    /// <returns>The token given, if it is that of the present lease; else that of the task's lease, when a worker of this process holds it; null when the task is not in progress, so that no lease is in question.</returns>
    /// <exception cref="JournalException">LeaseLost: the token given is not that of the present lease, or that one is another worker's; or none was given, and somebody else holds the task.</exception>
    public static long? TokenFor(IJournalStore store, JournalTask task, long? token, string? worker, IProcessTable processes)
    {
        var held = task.Status is JournalTaskStatus.InProgress;
        if (token is not null) return held && token == task.Token && (worker is null || worker == task.Worker) ? token : throw JournalErrors.LeaseLost(task.Id, token);
        if (!held) return null;
        var holder = store.ReadInFlight(task.BatchId).FirstOrDefault(lease => lease.TaskId == task.Id && lease.Token == task.Token)?.Worker;
        return holder is not null && processes.IsThisProcess(holder) ? task.Token : throw JournalErrors.LeaseLost(task.Id, null);
    }
}
