using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>From what a line orders to a batch that a run can begin with.</summary>
public static class RunPreparation
{
    /// <summary>
    /// Chooses the batch; leaves it alone where its pause holds; looks at its outputs; and then creates it, or opens it: starts it over, gives its
    /// failed tasks another try, takes over what the line says, lifts its pause.
    /// </summary>
    /// <param name="store">The journal; null where there is none yet, and nothing to make one for.</param>
    /// <param name="order">What the line orders.</param>
    /// <exception cref="JournalException">What <see cref="Choose"/> raises; NothingToResume.</exception>
    public static PreparedRun Prepare(IJournalStore? store, RunOrder order)
    {
        PreparedRun? prepared;
        do prepared = TryPrepare(store, order); while (prepared is null);
        return prepared;
    }

    // Null when somebody else began the batch in this moment; then there is one to choose.
    private static PreparedRun? TryPrepare(IJournalStore? store, RunOrder order)
    {
        var newest = store is null ? null : BatchSelection.NewestOf(store, order.Definition.Name);
        var choice = store is null ? default : Choose(store, order);
        if (store is null || (choice.Existing is null && !order.HasInput))
        {
            if (order.Mode is RunMode.Resume) throw JournalErrors.NothingToResume(order.Definition.Name, "there is no batch of this name.");
            return new PreparedRun(RunReadiness.NothingToRun);
        }

        if (choice.Existing is not { } batch)
        {
            var made = order.Mode is RunMode.New ? store.CreateBatch(NewBatch(order)) : store.CreateBatchAfter(NewBatch(order), newest);
            return made is null ? null : new PreparedRun(RunReadiness.Ready, made) { InDoubt = newest is null ? null : InDoubt(store, newest, order) };
        }

        if (PauseHolds(batch, order.Mode, store.Now)) return new PreparedRun(RunReadiness.Paused, batch, IsResumed: true);
        var lost = choice.StartOver ? 0 : OutputVerification.Requeue(store, batch.Id, order.VerifyOutput);
        Open(store, batch, choice.StartOver, order);
        var opened = store.RequireBatch(batch.Id);
        return new PreparedRun(RunReadiness.Ready, opened, IsResumed: true, lost) { NotKept = opened.Options.KeepResult && !batch.Options.KeepResult ? opened.Completed : 0 };
    }

    private static OutboxShare? InDoubt(IJournalStore store, string batchId, RunOrder order)
    {
        if (store.ReadOutbox(batchId) is not { Count: > 0 } shares || store.FindBatch(batchId) is not { } batch) return null;
        var doubtful = ResultOutbox.InDoubt(store, batch, shares, order.Processes).ToList();
        return doubtful.Count == 0 ? null : doubtful[0] with { Items = doubtful.Sum(static share => share.Items) };
    }

    /// <summary>The batch that an order means; changes nothing.</summary>
    /// <exception cref="JournalException">BatchNotFound, NothingToResume, InputSourceChanged, SettingChanged, StagesChanged.</exception>
    public static BatchChoice Choose(IJournalStore store, RunOrder order) => order.BatchId is { } id
        ? BatchSelection.Choose(store.RequireBatch(id), order.Definition, order.Mode)
        : BatchSelection.Choose(store, order.Definition, order.Mode, batch => ResultOutbox.IsUndelivered(store, batch, order.Processes, order.Redelivers));

    private static void Open(IJournalStore store, JournalBatch batch, bool startOver, RunOrder order)
    {
        if (startOver)
        {
            var definition = order.Definition;
            store.AmendBatch(batch.Id, new BatchAmendment
            {
                // A line that gives the id need not say again what the batch knows.
                Settings = definition.Settings ?? (order.BatchId is null ? JsonMap.Empty : null),
                InputSource = definition.InputSource,
                SourceType = definition.SourceType,
                KeyExpression = definition.KeyExpression,
                Reason = "Started over.",
            });
            store.ApplyToAll(TaskMove.Requeue(0, "Started over."), new TaskQuery { BatchIds = [batch.Id] });
        }
        else if (!order.SkipFailed && batch.Failed > 0)
        {
            store.ApplyToAll(TaskMove.Requeue(0, "The batch was run again."), new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.Failed] });
        }

        var options = order.Options(batch.Options);
        if (options != batch.Options) store.AmendBatch(batch.Id, new BatchAmendment { Options = options, Reason = "The batch was run again with other options." });
        if (Changes(batch.Metadata, order.Metadata)) store.AmendBatch(batch.Id, new BatchAmendment { Metadata = order.Metadata, Reason = "The batch was run again with other metadata." });
        if (batch.Status is JournalBatchStatus.Paused) store.Apply(batch.Id, BatchMove.Resume("The batch was run again."));
    }

    private static bool Changes(JsonMap metadata, JsonMap wanted) =>
        wanted.Any(member => !metadata.TryGetValue(member.Key, out var value) || JsonValues.ToJson(value) != JsonValues.ToJson(member.Value));

    // One with a time to its end (a quota that is renewed, say) holds against a line that merely runs the batch again.
    private static bool PauseHolds(JournalBatch batch, RunMode mode, DateTimeOffset now) =>
        mode is RunMode.ResumeOrNew && batch is { Status: JournalBatchStatus.Paused, PausedUntil: { } until } && until > now;

    private static NewBatch NewBatch(RunOrder order) => new(order.Definition.Name)
    {
        InputSource = order.Definition.InputSource,
        SourceType = order.Definition.SourceType,
        KeyExpression = order.Definition.KeyExpression,
        Stages = order.Definition.Stages,
        Settings = order.Definition.Settings ?? JsonMap.Empty,
        Metadata = order.Metadata,
        Options = order.Options(BatchOptions.Default),
    };
}
