using Journal.Workers;

namespace Journal.Storage.Transfer;

/// <summary>Copies batches from one journal to another, of whichever engines, with all that belongs to them.</summary>
/// <remarks>
/// A batch arrives in one transaction, or not at all; its tasks are read as they are written, so that of a large batch little more than its trail of
/// events is in memory at once. What was in progress waits in the copy. Temporary files are left out: they belong to the attempts of the original,
/// and whoever removed or repaired the copy would delete them under its workers. Copying again adds what is new and changes nothing else.
/// </remarks>
public static class JournalCopy
{
    /// <summary>Copies batches.</summary>
    /// <param name="from">From where.</param>
    /// <param name="to">To where; open for writing.</param>
    /// <param name="batches">Which batches of the former.</param>
    /// <param name="by">Who copies.</param>
    /// <param name="stop">Ends it; of the batch at hand, nothing arrives.</param>
    /// <returns>What came in with each, as it comes.</returns>
    public static IEnumerable<ImportResult> Batches(IJournalStore from, IJournalStore to, IEnumerable<JournalBatch> batches, WorkerIdentity? by, CancellationToken stop)
    {
        foreach (var batch in batches)
        {
            stop.ThrowIfCancellationRequested();
            yield return to.Import([FullReader.ReadBatch(from, batch) with { Tasks = Until(FullReader.ReadTasks(from, batch), stop) }], by)[0];
        }
    }

    /// <summary>What to say of batches that the other journal had before and that stand otherwise there: they went on in one of the two.</summary>
    /// <param name="from">This journal.</param>
    /// <param name="batches">As they are here.</param>
    /// <param name="results">What came of copying them.</param>
    /// <param name="to">The other journal, after the copy.</param>
    public static IEnumerable<string> Differences(IJournalStore from, IReadOnlyList<JournalBatch> batches, IReadOnlyList<ImportResult> results, IJournalStore to)
    {
        foreach (var (here, result) in batches.Zip(results))
        {
            if (result.Created || to.FindBatch(here.Id) is not { } there || Standing(there) == Standing(here)) continue;
            yield return $"Batch '{here.Id}' is in '{to.Location}' already, and stands otherwise there: {there.Progress} done, and {here.Progress} in '{from.Location}'. What is there was left as it is; to have what is here, copy into another journal.";
        }
    }

    // What is in progress waits in the copy.
    private static TaskCounts Standing(JournalBatch batch) => batch.Counts with { Pending = batch.Counts.Pending + batch.Counts.InProgress, InProgress = 0 };

    /// <summary>Copies the checkpoints that belong to no batch, with their times, over older ones of the same name.</summary>
    public static void Checkpoints(IJournalStore from, IJournalStore to)
    {
        foreach (var checkpoint in from.ReadCheckpoints(null))
        {
            if (to.FindCheckpoint(null, checkpoint.Name) is not { } there || there.UpdatedAt < checkpoint.UpdatedAt)
            {
                to.SetCheckpoint(null, checkpoint.Name, checkpoint.Json, checkpoint.UpdatedAt);
            }
        }
    }

    private static IEnumerable<FullTask> Until(IEnumerable<FullTask> tasks, CancellationToken stop)
    {
        foreach (var task in tasks)
        {
            stop.ThrowIfCancellationRequested();
            yield return task;
        }
    }
}
