using System.Collections.Concurrent;
using Journal.Workers;

namespace Journal.Commands.Base;

/// <summary>Who the cmdlets of this process are to the journal: one worker, and one more for each label that is used.</summary>
internal static class SessionWorker
{
    private static readonly ConcurrentDictionary<string, WorkerIdentity> ByLabel = new(StringComparer.Ordinal);

    /// <summary>The worker of this process.</summary>
    /// <param name="label">What the user calls it; null for the usual name.</param>
    public static WorkerIdentity Get(string? label = null) => ByLabel.GetOrAdd(label ?? "", _ => ProcessTable.Instance.NewWorker(label));
}
