using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>A completed task whose output is not what it was.</summary>
/// <param name="Task">The task.</param>
/// <param name="Difference">What is different.</param>
public sealed record LostOutput(JournalTask Task, string Difference);

/// <summary>Finds completed tasks whose recorded outputs are gone or changed, and puts them back.</summary>
public static class OutputVerification
{
    /// <summary>The completed tasks of a batch whose outputs are not what they were.</summary>
    public static IEnumerable<LostOutput> Find(IJournalStore store, string batchId, OutputCheck check)
    {
        if (check is OutputCheck.None) yield break;
        foreach (var task in store.ReadTasks(new TaskQuery { BatchIds = [batchId], Statuses = [JournalTaskStatus.Completed] }))
        {
            if (DifferenceOf(task, check) is { } difference) yield return new LostOutput(task, difference);
        }
    }

    /// <summary>What is different about the outputs of a completed task; null when nothing is, or when it is not completed.</summary>
    public static string? DifferenceOf(JournalTask task, OutputCheck check) => check is OutputCheck.None || task.Status is not JournalTaskStatus.Completed
        ? null
        : task.Outputs.Select(path => ReservedMetadata.Difference(task.Metadata, path, check)).FirstOrDefault(static text => text is not null);

    /// <summary>Requeues them.</summary>
    /// <returns>How many.</returns>
    public static int Requeue(IJournalStore store, string batchId, OutputCheck check)
    {
        var moves = Find(store, batchId, check).Select(static lost => TaskMove.Requeue(lost.Task.Id, $"Output lost: {lost.Difference}.", fromStage: 0)).ToList();
        return moves.Count == 0 ? 0 : store.Apply(moves).Count(static result => result.Outcome is MoveOutcome.Applied);
    }
}
