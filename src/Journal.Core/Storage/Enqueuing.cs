using Journal.Lifecycle;
using Journal.Workers;

namespace Journal.Storage;

/// <summary>Adding inputs to a batch that may have them already.</summary>
public static class Enqueuing
{
    // In one transaction.
    private const int ChunkSize = 1000;

    /// <summary>
    /// Adds the tasks whose keys the batch does not have yet, mends those that take another input, and takes up again those that were canceled: whoever adds
    /// an input wants it done.
    /// </summary>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    public static AddResult Enqueue(this IJournalStore store, string batchId, IReadOnlyList<NewTask> tasks, WorkerIdentity? by = null)
    {
        var takenUp = store.RequireBatch(batchId).Canceled == 0 || tasks.Count == 0 ? 0 : TakeUp(store, batchId, [.. tasks.Select(static task => TextPattern.Exactly(task.Key))], by);
        return store.AddTasks(batchId, tasks, by, mends: true) with { TakenUp = takenUp };
    }

    private static long TakeUp(IJournalStore store, string batchId, IReadOnlyList<TextPattern> keys, WorkerIdentity? by)
    {
        var canceled = new TaskQuery { BatchIds = [batchId], Keys = keys, Statuses = [JournalTaskStatus.Canceled] };
        var moves = store.ReadTasks(canceled).Select(static task => TaskMove.Requeue(task.Id, "Its input was added again.")).ToList();
        return moves.Chunk(ChunkSize).Sum(chunk => store.Apply(chunk, by).LongCount(static result => result.Outcome is MoveOutcome.Applied));
    }
}
