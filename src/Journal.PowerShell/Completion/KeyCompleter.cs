using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes keys of tasks, in their order: of the batch on the line, else of the newest one.</summary>
public sealed class KeyCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) => store
        .ReadTasks(new TaskQuery { BatchIds = BatchIds(parameters) ?? Newest(store), Keys = word.Length == 0 ? null : [Beginning(word)], OrderBy = TaskOrder.Key, First = Limit })
        .Select(static task => new Candidate(task.Key, $"{task.Status}"));
}
