using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>Brings the chosen batch to where a run can begin.</summary>
public static class RunPreparation
{
    /// <summary>Creates the batch, or opens the existing one: starts it over, gives its failed tasks another try, lifts its pause.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="choice">The batch, as <see cref="BatchSelection"/> chose it.</param>
    /// <param name="definition">What the line says about it.</param>
    /// <param name="newBatch">The batch to create where there is none; its options are laid over an existing one by <paramref name="options"/>.</param>
    /// <param name="options">The options for an existing batch: its own, with what the line gives laid over them.</param>
    /// <param name="skipFailed">Failed tasks are left alone.</param>
    public static JournalBatch Open(
        IJournalStore store, BatchChoice choice, RunDefinition definition, NewBatch newBatch, Func<BatchOptions, BatchOptions> options, bool skipFailed)
    {
        if (choice.Existing is not { } batch) return store.CreateBatch(newBatch);
        if (choice.StartOver)
        {
            store.AmendBatch(batch.Id, new BatchAmendment
            {
                Settings = definition.Settings ?? JsonMap.Empty,
                InputSource = definition.InputSource,
                SourceType = definition.SourceType,
                KeyExpression = definition.KeyExpression,
                Reason = "Started over.",
            });
            store.ApplyToAll(TaskMove.Requeue(0, "Started over."), new TaskQuery { BatchIds = [batch.Id] });
        }
        else if (!skipFailed && batch.Failed > 0)
        {
            store.ApplyToAll(TaskMove.Requeue(0, "The batch was run again."), new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.Failed] });
        }

        var wanted = options(batch.Options);
        if (wanted != batch.Options) store.AmendBatch(batch.Id, new BatchAmendment { Options = wanted, Reason = "The batch was run again with other options." });
        if (batch.Status is JournalBatchStatus.Paused) store.Apply(batch.Id, BatchMove.Resume("The batch was run again."));
        return store.FindBatch(batch.Id) ?? throw JournalErrors.BatchNotFound(batch.Id);
    }

    /// <summary>Whether a pause holds against a line that merely runs the batch again: one with a time to its end (a quota that is renewed, say) does.</summary>
    public static bool PauseHolds(JournalBatch batch, RunMode mode, DateTimeOffset now) =>
        mode is RunMode.ResumeOrNew && batch is { Status: JournalBatchStatus.Paused, PausedUntil: { } until } && until > now;
}
