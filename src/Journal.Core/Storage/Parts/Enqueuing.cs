using Journal.Lifecycle;
using Journal.Workers;

namespace Journal.Storage.Parts;

/// <summary>Adding inputs to a batch that may have them already.</summary>
public static class Enqueuing
{
    /// <summary>Why a completed task is put back, for the audit trail.</summary>
    public const string DoneAgain = "Its input changed since it was completed, or had no fingerprint to compare with.";

    // In one transaction.
    private const int ChunkSize = 1000;

    /// <summary>
    /// Adds the tasks whose keys the batch does not have yet, mends those that take another input, takes up again those that were canceled (whoever adds
    /// an input wants it done), and puts back what is completed and is to be done again.
    /// </summary>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    public static AddResult Enqueue(this IJournalStore store, string batchId, IReadOnlyList<NewTask> tasks, WorkerIdentity? by = null)
    {
        var counts = store.RequireBatch(batchId).Counts;
        var takenUp = counts.Canceled == 0 ? 0 : PutBack(store, batchId, tasks, JournalTaskStatus.Canceled, "Its input was added again.", null, by);
        var redone = counts.Completed == 0 ? 0 : PutBack(store, batchId, tasks.Where(static task => task.IsDoneAgain), JournalTaskStatus.Completed, DoneAgain, 0, by);
        // Then they take the input and the fingerprint that they are done from.
        var result = store.AddTasks(batchId, tasks, by, mends: true);
        return result with { TakenUp = takenUp, Redone = redone, Mended = Math.Max(0, result.Mended - redone) };
    }

    private static long PutBack(IJournalStore store, string batchId, IEnumerable<NewTask> tasks, JournalTaskStatus status, string reason, int? fromStage, WorkerIdentity? by)
    {
        var given = tasks.ToDictionary(static task => task.Key, StringComparer.Ordinal);
        if (given.Count == 0) return 0;
        var there = store.ReadTasks(new TaskQuery { BatchIds = [batchId], Keys = [.. given.Keys.Select(TextPattern.Exactly)], Statuses = [status] });
        // Another line may have done it again meanwhile, from what is given here.
        if (status is JournalTaskStatus.Completed) there = there.Where(task => AmendmentRules.IsMended(given[task.Key], task.StoredInput, task.Metadata.Json));
        var moves = there.Select(task => TaskMove.Requeue(task.Id, reason, fromStage)).ToList();
        return moves.Chunk(ChunkSize).Sum(chunk => store.Apply(chunk, by).LongCount(static result => result.Outcome is MoveOutcome.Applied));
    }
}
