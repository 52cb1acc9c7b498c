using System.Collections;
using Journal.Commands.Views;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes ids of batches, newest first.</summary>
public sealed class BatchIdCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadBatches(new BatchQuery()).Select(batch => new Candidate(batch.Id, Describe(batch, store.Now)));

    /// <summary>A batch in a line: <c>photos: Paused, 45/100, 2h ago</c>.</summary>
    internal static string Describe(JournalBatch batch, DateTimeOffset now) =>
        $"{batch.Name}: {batch.Status}, {batch.Progress}, {RelativeTime.Age(now - batch.CreatedAt)}";
}
