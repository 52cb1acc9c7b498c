using Journal.Policy;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>The work of a batch that somebody is really doing.</summary>
public static class LivingWork
{
    // Enough to find one that waits; a batch with so many failures is told to have no worker a moment too early at worst.
    private const int WaitingTasksLookedAt = 1000;

    private static readonly JournalErrorCategory[] Errors = [.. Enum.GetValues<JournalErrorCategory>().Where(static category => category is not JournalErrorCategory.None)];

    /// <summary>How many tasks of a batch are in progress under a worker that lives, or that cannot be asked and whose lease holds.</summary>
    public static long Count(IJournalStore store, string batchId, IProcessTable processes) => store.ReadInFlight(batchId)
        .Count(task => RecoveryPolicy.Decide(task, processes.Probe(task.Worker, store.Location)) is null);

    /// <summary>The batch with <see cref="JournalBatch.HasWorker"/>. A run that waits for the time of a task (of its retry, or its own) holds nothing meanwhile, and counts as one.</summary>
    public static JournalBatch Look(IJournalStore store, JournalBatch batch, IProcessTable processes) => batch.Status is not JournalBatchStatus.Running
        ? batch
        : batch with { HasWorker = (batch.InProgress > 0 && Count(store, batch.Id, processes) > 0) || Waits(store, batch) };

    // What is ready would be taken by a run that waits for the others.
    private static bool WaitsForTimeAlone(IJournalStore store, string batchId, DateTimeOffset now)
    {
        var waits = false;
        foreach (var task in store.ReadTasks(new TaskQuery { BatchIds = [batchId], Statuses = [JournalTaskStatus.Pending], First = WaitingTasksLookedAt }))
        {
            if (task is { IsHeld: false, WaitsForKey: false } && !(task.NotBefore > now)) return false;
            waits |= task.NotBefore > now;
        }

        return waits;
    }

    private static bool Waits(IJournalStore store, JournalBatch batch)
    {
        var now = store.Now;
        // What waits for a limit or a hold looks the same whether somebody waits for it or not.
        if (batch.Options.RateLimit is not null || batch.HeldBackUntil > now) return true;
        var batchId = batch.Id;
        return store.ReadTasks(new TaskQuery { BatchIds = [batchId], Statuses = [JournalTaskStatus.Pending], Categories = Errors, First = WaitingTasksLookedAt })
            .Any(task => task.NotBefore > now) || WaitsForTimeAlone(store, batchId, now);
    }
}
