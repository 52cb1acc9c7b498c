using Journal.Storage;

namespace Journal.Runs;

/// <summary>What earlier batches of a name have completed: an incremental run leaves it out.</summary>
public sealed class EarlierRuns
{
    private readonly Dictionary<string, string?> _fingerprints = new(StringComparer.Ordinal);

    private EarlierRuns()
    {
    }

    /// <summary>Inputs that were left out so far.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Reads what the batches of a name have completed; memory grows with the number of keys.</summary>
    public static EarlierRuns Read(IJournalStore store, string name)
    {
        var earlier = new EarlierRuns();
        var batches = store.ReadBatches(new BatchQuery { Names = [TextPattern.Name(name)], OldestFirst = true }).Select(static batch => batch.Id).ToList();
        if (batches.Count == 0) return earlier;
        // In the order of their ids: of a key that several batches completed, the last one's fingerprint stands.
        foreach (var task in store.ReadTasks(new TaskQuery { BatchIds = batches, Statuses = [JournalTaskStatus.Completed] }))
        {
            earlier._fingerprints[task.Key] = ReservedMetadata.Fingerprint(task.Metadata);
        }

        return earlier;
    }

    /// <summary>Whether an input was completed before, with the same fingerprint where it has one.</summary>
    /// <param name="task">The input.</param>
    /// <param name="asBefore">Its fingerprint as releases before made it; see <see cref="ReservedMetadata.IsSameFingerprint"/>.</param>
    public bool LeavesOut(NewTask task, string? asBefore = null)
    {
        if (!_fingerprints.TryGetValue(task.Key, out var recorded)) return false;
        if (ReservedMetadata.Fingerprint(task.Metadata) is { } present && !ReservedMetadata.IsSameFingerprint(recorded, present, asBefore)) return false;
        LeftOut++;
        return true;
    }
}
