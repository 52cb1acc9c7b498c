using Journal.Workers;

namespace Journal.Storage;

/// <summary>What a journal is and holds.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Engine">What keeps it, with its version.</param>
/// <param name="SchemaVersion">The number of its newest migration.</param>
/// <param name="Size">Bytes on disk, with what is not yet merged.</param>
/// <param name="Batches">How many batches.</param>
/// <param name="Tasks">How many tasks, by status.</param>
/// <param name="Durability">What a commit promises.</param>
/// <param name="Workers">Workers that hold a lease.</param>
public sealed record JournalInfo(
    string Path, string Engine, long SchemaVersion, long Size, long Batches, TaskCounts Tasks, Durability Durability, IReadOnlyList<WorkerIdentity> Workers);

/// <summary>What a commit promises.</summary>
public enum Durability : long
{
    /// <summary>A committed change survives a power cut.</summary>
    Full,

    /// <summary>A committed change survives the death of the process; a power cut may take the last instants, never the journal's soundness.</summary>
    Normal,
}

/// <summary>A named JSON value for anything that is not a task.</summary>
/// <param name="Name">Its name.</param>
/// <param name="BatchId">Its batch, or null.</param>
/// <param name="Json">The value.</param>
/// <param name="UpdatedAt">When it was last set.</param>
/// <param name="JournalPath">The journal it lives in.</param>
public sealed record JournalCheckpoint(string Name, string? BatchId, string Json, DateTimeOffset UpdatedAt, string JournalPath);

/// <summary>The figures of one batch that need more than its counters.</summary>
/// <param name="Durations">Of completed tasks: how long the attempts of each ran.</param>
/// <param name="WeightDone">Weight of the tasks that have ended.</param>
/// <param name="WeightLeft">Weight of the tasks that have not.</param>
/// <param name="ActiveTime">Time that attempts of this batch have run, all workers together, failures included.</param>
/// <param name="Errors">Failed tasks by category and signature, most frequent first.</param>
/// <param name="Stages">By stage, in their order; one without a name where the batch has none.</param>
/// <param name="Outputs">Files that completed tasks recorded.</param>
/// <param name="QuotaByProject">Quota used, by project; a null project is that of tasks that named none.</param>
public sealed record BatchFigures(
    DurationFigures Durations, double WeightDone, double WeightLeft, TimeSpan ActiveTime,
    IReadOnlyList<JournalErrorSummary> Errors, IReadOnlyList<JournalStageSummary> Stages, long Outputs,
    IReadOnlyList<KeyValuePair<string?, double>> QuotaByProject);

/// <summary>Attempts of a batch that ended alike and took about as long.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Outcome">How they ended.</param>
/// <param name="Category">With an error of which category; None where there was none.</param>
/// <param name="Stretch">The first of <see cref="Stretches"/> that they did not exceed; their number where they exceeded all.</param>
/// <param name="Count">How many.</param>
/// <param name="Duration">How long they took together.</param>
/// <param name="Repeated">How many of them failed and were repeated: another attempt at the same task has ended since.</param>
public sealed record AttemptTally(string BatchId, JournalAttemptOutcome Outcome, JournalErrorCategory Category, int Stretch, long Count, TimeSpan Duration, long Repeated = 0)
{
    /// <summary>The lengths of time by which they are counted, shortest first.</summary>
    public static IReadOnlyList<TimeSpan> Stretches { get; } = [.. new[] { 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14400 }.Select(TimeSpan.FromSeconds)];
}

/// <summary>Durations, summed up. All null when there are none.</summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Median">Median (the lower of two middle ones).</param>
/// <param name="P95">The 95th percentile, by nearest rank.</param>
/// <param name="Max">The longest.</param>
/// <param name="StandardDeviation">Of the population.</param>
public readonly record struct DurationFigures(long Count, TimeSpan? Mean, TimeSpan? Median, TimeSpan? P95, TimeSpan? Max, TimeSpan? StandardDeviation);

/// <summary>Which inputs come first where not all shall be added.</summary>
public static class InventoryOrder
{
    /// <summary>By priority, highest first; then by weight, largest first, because long work that begins late is what everybody waits for; then as they came.</summary>
    public static IEnumerable<NewTask> MostWanted(IEnumerable<NewTask> tasks) =>
        tasks.OrderByDescending(static task => task.Priority).ThenByDescending(static task => task.Weight);
}
