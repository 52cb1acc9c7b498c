using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes stages: of the batch on the line, else of the newest ones.</summary>
public sealed class StageCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadBatches(new BatchQuery { Ids = BatchIds(parameters), First = Limit }).SelectMany(static batch => batch.Stages, static (batch, stage) => new Candidate(stage, batch.Id));
}
