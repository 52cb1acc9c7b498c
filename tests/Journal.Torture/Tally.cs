namespace Journal.Torture;

/// <summary>What was done to the journal, and what it did wrong.</summary>
internal sealed class Tally
{
    public int Rounds { get; set; }

    public int Kills { get; set; }

    public int Freezes { get; set; }

    /// <summary>Clocks that were wrong, disks that were full, logs and pages that were damaged, servers that were stopped: each <see cref="Injuring.Fault"/> that was made.</summary>
    public int Faults { get; set; }

    public int Checks { get; set; }

    public long Tasks { get; set; }

    public long Attempts { get; set; }

    public long Events { get; set; }

    /// <summary>Recoveries from dead or frozen workers that the histories tell of.</summary>
    public long Recoveries { get; set; }

    /// <summary>Late reports of workers that had lost their lease.</summary>
    public int Fenced { get; set; }

    /// <summary>Journals that a fault had damaged, and the journal said so.</summary>
    public int DamageFound { get; set; }

    /// <summary>Tasks that repairs saved of them.</summary>
    public long Salvaged { get; set; }

    public int Violations { get; set; }

    public override string ToString() =>
        $"""
        {Rounds} rounds, {Kills} kills, {Freezes} freezes, {Faults} faults, {Violations} violations
        {Checks} checks of {Tasks} tasks with {Attempts} attempts and {Events} events; {Recoveries} recoveries, {Fenced} late reports fenced off, {DamageFound} damaged journals recognised and repaired ({Salvaged} tasks saved)
        """;
}
