using System.Collections;
using Journal.Commands.Views;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes names of batches, those used last first.</summary>
public sealed class BatchNameCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadBatches(new BatchQuery { Names = [Beginning(word)] }).Select(batch => new Candidate(batch.Name, $"{batch.Id}: {batch.Status}, {batch.Progress}"));
}
