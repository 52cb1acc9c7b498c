using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes signatures of errors: of the batch on the line, else of the newest one that has failures.</summary>
public sealed class SignatureCompleter : JournalCompleter
{
    // Enough to meet every error that is worth a question, and read in an instant.
    private const int Sample = 500;

    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters)
    {
        var batches = BatchIds(parameters) ?? [.. store.ReadBatches(new BatchQuery { First = Limit }).Where(static batch => batch.Failed > 0).Take(1).Select(static batch => batch.Id)];
        return store.ReadTasks(new TaskQuery { BatchIds = batches, Statuses = [JournalTaskStatus.Failed], First = Sample })
            .Where(static task => task.Signature is not null)
            .Select(static task => new Candidate(task.Signature!, $"{task.ErrorCategory}: {task.ErrorMessage}"));
    }
}
