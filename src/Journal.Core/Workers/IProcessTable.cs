namespace Journal.Workers;

/// <summary>Whether a process that held a lease can still be alive.</summary>
public enum Liveness
{
    /// <summary>It runs.</summary>
    Alive,

    /// <summary>It does not run any more; nothing it held will be finished by it.</summary>
    Dead,

    /// <summary>It cannot be asked from here (another machine or container): only its lease tells.</summary>
    Unknown,
}

/// <summary>The processes of this machine, as far as recovery asks about them.</summary>
public interface IProcessTable
{
    /// <summary>A new identity for a worker in this process. It counts as alive until the process ends or <see cref="Retire"/> is called.</summary>
    /// <param name="label">What the user calls it, or null.</param>
    WorkerIdentity NewWorker(string? label = null);

    /// <summary>A worker of this process has ended: from now on what it may still hold can be recovered, though the process lives.</summary>
    void Retire(WorkerIdentity worker);

    /// <summary>Whether a worker's process still lives. Never throws.</summary>
    Liveness Probe(WorkerIdentity worker);

    /// <summary>The same of a worker in a journal, whose place may tell more: what a disk of this machine alone holds was written on this machine.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="isOfThisMachine">Whether no other machine reaches the journal that it stands in.</param>
    Liveness Probe(WorkerIdentity worker, bool isOfThisMachine) => Probe(worker);

    /// <summary>Ends the programs that the tasks of a dead worker had started and that still run, with all that they started: the tasks will be run again. Never throws.</summary>
    /// <param name="worker">The worker, which is dead.</param>
    /// <param name="within">How long ago the first of its tasks that are in progress was claimed; programs from before are none of theirs.</param>
    /// <param name="living">Workers that are at work: neither they nor what they started is touched.</param>
    /// <returns>What was ended, each as a name and an id. Empty where it cannot be known.</returns>
    IReadOnlyList<string> EndPrograms(WorkerIdentity worker, TimeSpan within, IEnumerable<WorkerIdentity> living) => [];

    /// <summary>Whether a worker is in this very process.</summary>
    bool IsThisProcess(WorkerIdentity worker);
}
