using Journal.Storage;

namespace Journal.Statistics;

/// <summary>Target ids, or output files, that are those of several tasks of one batch: two inputs that became one thing, on purpose or by mistake.</summary>
/// <param name="IsOutput">Output files; else target ids.</param>
/// <param name="Count">How many such files or target ids there are.</param>
/// <param name="Value">The first of them.</param>
/// <param name="First">The key of a task that has it.</param>
/// <param name="Second">The key of another one.</param>
public sealed record ResultClash(bool IsOutput, long Count, string Value, string First, string Second)
{
    /// <summary>Looks through a batch; empty where every target id and every output is one task's. Memory grows with their number.</summary>
    public static IReadOnlyList<ResultClash> Find(IJournalStore store, string batchId)
    {
        var targets = new Finder(false, StringComparer.Ordinal);
        var outputs = new Finder(true, FilePaths.Comparer);
        foreach (var task in store.ReadTasks(new TaskQuery { BatchIds = [batchId], OrderBy = TaskOrder.Id }))
        {
            if (task.TargetId is { Length: > 0 } target) targets.Add(target, task.Key);
            foreach (var path in task.Outputs) outputs.Add(path, task.Key);
        }

        return [.. new[] { targets.Found, outputs.Found }.OfType<ResultClash>()];
    }

    /// <summary>The same in words.</summary>
    public string Words(string batchId) => IsOutput
        ? $"{(Count == 1 ? "1 output file was" : $"{Count} output files were")} recorded by more than one task, and the later one may have written over the earlier: '{Value}' by '{First}' and '{Second}'."
        : $"{(Count == 1 ? "1 target id belongs" : $"{Count} target ids belong")} to more than one task: '{Value}' to '{First}' and '{Second}'. To see all: Measure-JournalTask '{batchId}' -GroupBy TargetId | Where-Object Count -gt 1";

    /// <summary>Collects what several tasks have.</summary>
    /// <param name="isOutput">Output files; else target ids.</param>
    /// <param name="comparer">What makes two of them one.</param>
    internal sealed class Finder(bool isOutput, StringComparer comparer)
    {
        private readonly Dictionary<string, string?> _owners = new(comparer);

        /// <summary>What was found; null where nothing was.</summary>
        public ResultClash? Found { get; private set; }

        /// <summary>A task has one.</summary>
        public void Add(string value, string key)
        {
            if (_owners.TryAdd(value, key) || _owners[value] is not { } first || first == key) return;
            Found = Found is null ? new ResultClash(isOutput, 1, value, first, key) : Found with { Count = Found.Count + 1 };
            // A third task with it is the same clash.
            _owners[value] = null;
        }
    }
}
