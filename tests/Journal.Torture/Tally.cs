using Journal.Torture.Injuring;

namespace Journal.Torture;

/// <summary>What was done to the journal, and what it did wrong.</summary>
internal sealed class Tally
{
    public int Rounds { get; set; }

    public TimeSpan Time { get; set; }

    /// <summary>Processes that worked, by the place from which they did.</summary>
    public IReadOnlyDictionary<string, int> Workers { get; set; } = new Dictionary<string, int>();

    public int Kills { get; set; }

    public int Freezes { get; set; }

    /// <summary>Clocks that were wrong, disks that were full, logs and pages that were damaged, servers that were stopped: each <see cref="Fault"/> that was made.</summary>
    public int Faults { get; set; }

    public int Injuries => Kills + Freezes + Faults;

    /// <summary>Kills and freezes of workers that were at a task at that moment.</summary>
    public int HitWork { get; set; }

    /// <summary>Carers that died while they repaired, restored, moved or looked at a journal under fire.</summary>
    public int CarersDied { get; set; }

    /// <summary>Files that a carer had set aside while others worked with them, each checked for what was reported into it.</summary>
    public int FilesSetAside { get; set; }

    public int Checks { get; set; }

    public long Tasks { get; set; }

    public long Attempts { get; set; }

    public long Events { get; set; }

    /// <summary>Recoveries from dead or frozen workers that the histories tell of.</summary>
    public long Recoveries { get; set; }

    /// <summary>Late reports of workers that had lost their lease.</summary>
    public int Fenced { get; set; }

    /// <summary>Journals that a fault had damaged, and the journal said so, by the fault.</summary>
    public SortedDictionary<Fault, int> DamageFound { get; } = [];

    /// <summary>Tasks that were in them.</summary>
    public long Damaged { get; set; }

    /// <summary>Tasks that repairs saved of them.</summary>
    public long Salvaged { get; set; }

    public int Violations { get; set; }

    public override string ToString() =>
        $"""
        {Rounds} rounds, {Kills} kills, {Freezes} freezes, {Faults} faults, {Violations} violations
        {Injuries} injuries of {Workers.Values.Sum()} workers in {Time.TotalMinutes:0.0} minutes, {Injuries / Math.Max(Time.TotalMinutes, 0.01):0} a minute; {HitWork} of the kills and freezes ({100.0 * HitWork / Math.Max(1, Kills + Freezes):0} %) hit a worker at a task
        {Checks} checks of {Tasks} tasks with {Attempts} attempts and {Events} events; {Recoveries} recoveries, {Fenced} late reports fenced off
        workers by where they worked: {string.Join(", ", Workers.Select(static place => $"{place.Key} {place.Value}"))}
        {FilesSetAside} journals exchanged under fire by repairs and restores; {CarersDied} of those who cared for them died at it
        {DamageFound.Values.Sum()} damaged journals recognised and repaired{string.Concat(DamageFound.Select(static found => $", {found.Key} {found.Value}"))}{(Damaged > 0 ? $"; of {Damaged} tasks in them {Salvaged} saved" : "")}
        """;
}
