using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

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
