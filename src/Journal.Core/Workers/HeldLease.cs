using Journal.Storage;

namespace Journal.Workers;

/// <summary>Which lease a worker means that names a task without its token.</summary>
public static class HeldLease
{
    /// <summary>The token to fence a worker's write with.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="task">The task as it stands.</param>
    /// <param name="token">The token that the worker gave; null where it gave none.</param>
    /// <param name="processes">Tells whether the task's worker is in this process.</param>
    /// <returns>The token given; else that of the task's lease, when a worker of this process holds it; null when the task is not in progress, so that no lease is in question.</returns>
    /// <exception cref="JournalException">LeaseLost: no token was given, and somebody else holds the task.</exception>
    public static long? TokenFor(IJournalStore store, JournalTask task, long? token, IProcessTable processes)
    {
        if (token is not null || task.Status is not JournalTaskStatus.InProgress) return token;
        var holder = store.ReadInFlight(task.BatchId).FirstOrDefault(held => held.TaskId == task.Id && held.Token == task.Token)?.Worker;
        return holder is not null && processes.IsThisProcess(holder) ? task.Token : throw JournalErrors.LeaseLost(task.Id, null);
    }
}
