using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes names of checkpoints.</summary>
public sealed class CheckpointCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadCheckpoints(BatchIds(parameters)?[0]).Select(static checkpoint => new Candidate(checkpoint.Name, checkpoint.Json));
}
