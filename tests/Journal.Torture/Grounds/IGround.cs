using Journal.Storage;
using Journal.Torture.Checking;
using Journal.Torture.Injuring;
using Journal.Torture.Working;

namespace Journal.Torture.Grounds;

/// <summary>What a journal stands on, how that is broken, and how it looks from outside.</summary>
internal interface IGround : IDisposable
{
    /// <summary>What can be done to it, in the order in which rounds go through it.</summary>
    IReadOnlyList<Fault> Faults { get; }

    /// <summary>Makes the journal.</summary>
    IJournalStore Create();

    /// <summary>An order for a worker on this journal under a fault.</summary>
    WorkerOrder Equip(WorkerOrder order, Fault fault);

    /// <summary>The ids of errors with which a worker may end under a fault, because it can do nothing else.</summary>
    IReadOnlyCollection<string> Excuses(Fault fault);

    /// <summary>Before workers start.</summary>
    /// <returns>How many injuries were made; so below.</returns>
    int Begin(Fault fault);

    /// <summary>From time to time while they work.</summary>
    int Strike(Fault fault);

    /// <summary>When all are dead.</summary>
    int End(Fault fault);

    /// <summary>Whether commits that were reported may be gone after a fault, and the rest be damaged.</summary>
    bool LosesCommits(Fault fault);

    /// <summary>The journal as it is, with nothing done to it.</summary>
    RawDatabase Look();

    /// <summary>Whether the product sees that the journal is damaged.</summary>
    bool ProductSeesDamage();

    /// <summary>Has the product save what can be saved.</summary>
    /// <returns>What it still finds wrong.</returns>
    IReadOnlyList<string> Repair();

    /// <summary>The files that were the journal while somebody cared for it, in their order; the last one is.</summary>
    IReadOnlyList<KeptFile> FilesInOrder();

    /// <summary>One of them as it is, with nothing done to it.</summary>
    RawDatabase Look(KeptFile file);

    /// <summary>Deletes all of them but the journal.</summary>
    void Tidy();

    /// <summary>Copies the journal to where it stays.</summary>
    void Keep(string directory);
}
