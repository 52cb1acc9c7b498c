using Journal.Storage;
using Journal.Workers;

namespace Journal.Interchange;

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
            yield return to.Import([WholeReader.ReadBatch(from, batch) with { Tasks = Until(WholeReader.ReadTasks(from, batch), stop) }], by)[0];
        }
    }

    /// <summary>The batches that stand otherwise in the other journal, though nothing is missing there: it had them before, and they went on in one of the two.</summary>
    /// <param name="batches">As they are here.</param>
    /// <param name="to">The other journal, after the copy.</param>
    public static IEnumerable<(JournalBatch Here, JournalBatch There)> Differing(IEnumerable<JournalBatch> batches, IJournalStore to)
    {
        foreach (var here in batches)
        {
            if (to.FindBatch(here.Id) is { } there && Standing(there) != Standing(here)) yield return (here, there);
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

    private static IEnumerable<WholeTask> Until(IEnumerable<WholeTask> tasks, CancellationToken stop)
    {
        foreach (var task in tasks)
        {
            stop.ThrowIfCancellationRequested();
            yield return task;
        }
    }
}
