using System.Collections;
using System.Globalization;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes ids of tasks: of the batch on the line, else of the newest one.</summary>
public sealed class TaskIdCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) => store
        .ReadTasks(new TaskQuery { BatchIds = BatchIdsOrNewest(store, parameters), First = Sample })
        .Select(static task => new Candidate(task.Id.ToString(CultureInfo.InvariantCulture), $"{task.Key}: {task.Status}"));

    // The parameter that is being completed may be called Id, too.
    private static IReadOnlyList<string> BatchIdsOrNewest(IJournalStore store, IDictionary parameters) =>
        (parameters.Contains("BatchId") ? BatchIds(parameters) : null) ?? Newest(store);

    private const int Sample = 1000;
}
