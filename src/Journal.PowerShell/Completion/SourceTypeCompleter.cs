using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes source types, as batches have them.</summary>
public sealed class SourceTypeCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) => store
        .ReadBatches(new BatchQuery { Ids = BatchIds(parameters), First = Limit })
        .Where(static batch => batch.SourceType is not null)
        .Select(static batch => new Candidate(batch.SourceType!, batch.Id));
}
