using Journal.Storage;

namespace Journal.Statistics;

/// <summary>Target ids that are those of several tasks of one batch: two inputs that became one thing outside, on purpose or by mistake.</summary>
/// <param name="Count">How many such target ids there are.</param>
/// <param name="TargetId">The first of them.</param>
/// <param name="First">The key of a task that has it.</param>
/// <param name="Second">The key of another one.</param>
public sealed record TargetClashes(long Count, string TargetId, string First, string Second)
{
    /// <summary>Looks through a batch; null where every target id is one task's. Memory grows with the number of target ids.</summary>
    public static TargetClashes? Find(IJournalStore store, string batchId)
    {
        var owners = new Dictionary<string, string?>(StringComparer.Ordinal);
        TargetClashes? found = null;
        foreach (var task in store.ReadTasks(new TaskQuery { BatchIds = [batchId] }))
        {
            if (task.TargetId is not { Length: > 0 } target || owners.TryAdd(target, task.Key) || owners[target] is not { } first) continue;
            found = found is null ? new TargetClashes(1, target, first, task.Key) : found with { Count = found.Count + 1 };
            // A third task with it is the same clash.
            owners[target] = null;
        }

        return found;
    }

    /// <summary>The same in words.</summary>
    public string Words(string batchId) =>
        $"{(Count == 1 ? "A target id belongs" : $"{Count} target ids belong")} to more than one task: '{TargetId}' to '{First}' and '{Second}'. To see all: Measure-JournalTask '{batchId}' -GroupBy TargetId | Where-Object Count -gt 1";
}
