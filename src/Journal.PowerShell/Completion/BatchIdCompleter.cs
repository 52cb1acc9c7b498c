using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes ids of batches, newest first.</summary>
public sealed class BatchIdCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadBatches(new BatchQuery()).Select(static batch => new Candidate(batch.Id, $"{batch.Status}, {batch.Counts.Ended}/{batch.Total}"));
}
