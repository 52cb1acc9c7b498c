using Journal.Storage;
using Journal.Workers;

namespace Journal.Interchange;

/// <summary>Copies batches from one journal to another, of whichever engines, with all that belongs to them.</summary>
/// <remarks>
/// A batch is held in memory as a whole while it is copied: so it arrives in one transaction, or not at all. What was in progress waits in the copy;
/// temporary files are the former host's and are left out. Copying again adds what is new and changes nothing else.
/// </remarks>
public static class JournalCopy
{
    /// <summary>Copies batches.</summary>
    /// <param name="from">From where.</param>
    /// <param name="to">To where; open for writing.</param>
    /// <param name="batches">Which batches of the former.</param>
    /// <param name="by">Who copies.</param>
    /// <param name="stop">Ends it between two batches.</param>
    /// <returns>What came in with each, as it comes.</returns>
    public static IEnumerable<ImportResult> Batches(IJournalStore from, IJournalStore to, IEnumerable<JournalBatch> batches, WorkerIdentity? by, CancellationToken stop)
    {
        foreach (var batch in batches)
        {
            stop.ThrowIfCancellationRequested();
            var whole = WholeReader.ReadBatch(from, batch) with { Tasks = [.. WholeReader.ReadTasks(from, batch)] };
            yield return to.Import([whole], by)[0];
        }
    }

    /// <summary>Copies the checkpoints that belong to no batch, over those of the same name.</summary>
    public static void Checkpoints(IJournalStore from, IJournalStore to)
    {
        foreach (var checkpoint in from.ReadCheckpoints(null)) to.SetCheckpoint(null, checkpoint.Name, checkpoint.Json);
    }
}
