using Journal.Policy;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>The work of a batch that somebody is really doing.</summary>
public static class LivingWork
{
    /// <summary>How many tasks of a batch are in progress under a worker that lives, or that cannot be asked and whose lease holds.</summary>
    public static long Count(IJournalStore store, string batchId, IProcessTable processes) => store.ReadInFlight(batchId)
        .Count(task => RecoveryPolicy.Decide(task, task.Worker is null ? Liveness.Unknown : processes.Probe(task.Worker, NetworkFileSystem.IsOfThisMachine(store.Location))) is null);
}
