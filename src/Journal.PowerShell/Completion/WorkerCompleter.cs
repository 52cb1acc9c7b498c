using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes workers: those that hold tasks now, then those that the newest events name.</summary>
public sealed class WorkerCompleter : JournalCompleter
{
    private const int Sample = 500;

    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters)
    {
        var working = store.Describe().Workers.Select(static worker => new Candidate(worker.Name, "holds tasks"));
        var earlier = store.ReadEvents(new EventQuery { BatchIds = BatchIds(parameters), Last = Sample })
            .Where(static entry => entry.Worker is not null)
            .Select(static entry => new Candidate(entry.Worker!, $"{entry.Kind} in {entry.BatchId}"));
        return working.Concat(earlier);
    }
}
