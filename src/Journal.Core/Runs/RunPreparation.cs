using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>From what a line orders to a batch that a run can begin with.</summary>
public static class RunPreparation
{
    /// <summary>
    /// Carries out the <see cref="RunPlan"/> up to the first claim: leaves the batch alone where its pause holds; looks at its outputs; and then creates
    /// it, or opens it: puts tasks back, takes over what the line says, lifts its pause.
    /// </summary>
    /// <param name="store">The journal; null where there is none yet, and nothing to make one for.</param>
    /// <param name="order">What the line orders.</param>
    /// <exception cref="JournalException">What <see cref="RunPlan.Make(IJournalStore, RunOrder)"/> raises.</exception>
    public static PreparedRun Prepare(IJournalStore? store, RunOrder order)
    {
        PreparedRun? prepared;
        do prepared = TryPrepare(store, order); while (prepared is null);
        return prepared;
    }

    // Null when somebody else began the batch in this moment; then there is one to choose.
    private static PreparedRun? TryPrepare(IJournalStore? store, RunOrder order)
    {
        var plan = RunPlan.Make(store, order);
        if (store is null || plan.Readiness is RunReadiness.NothingToRun) return new PreparedRun(RunReadiness.NothingToRun, Ended: plan.Ended);
        if (plan.Batch is not { } batch)
        {
            var made = order.Mode is RunMode.New ? store.CreateBatch(NewBatch(order)) : store.CreateBatchAfter(NewBatch(order), plan.Newest);
            return made is null ? null : new PreparedRun(RunReadiness.Ready, made, Ended: plan.Ended) { InDoubt = plan.Newest is null ? null : InDoubt(store, plan.Newest, order) };
        }

        if (plan.Readiness is RunReadiness.Paused) return new PreparedRun(RunReadiness.Paused, batch, IsResumed: true);
        var lost = plan.StartsOver ? 0 : OutputVerification.Requeue(store, batch.Id, order.VerifyOutput);
        Open(store, batch, plan);
        var opened = store.RequireBatch(batch.Id);
        return new PreparedRun(RunReadiness.Ready, opened, IsResumed: true, lost) { NotKept = opened.Options.KeepResult && !batch.Options.KeepResult ? opened.Completed : 0 };
    }

    private static OutboxShare? InDoubt(IJournalStore store, string batchId, RunOrder order)
    {
        if (store.ReadOutbox(batchId) is not { Count: > 0 } shares || store.FindBatch(batchId) is not { } batch) return null;
        var doubtful = ResultOutbox.InDoubt(store, batch, shares, order.Processes).ToList();
        return doubtful.Count == 0 ? null : doubtful[0] with { Items = doubtful.Sum(static share => share.Items) };
    }

    private static void Open(IJournalStore store, JournalBatch batch, RunPlan plan)
    {
        var order = plan.Order;
        if (plan.StartsOver)
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
        }

        foreach (var requeue in plan.Requeues)
        {
            if (requeue.Statuses is [JournalTaskStatus.Failed] && batch.Failed == 0) continue;
            store.ApplyToAll(TaskMove.Requeue(0, requeue.Reason, requeue.FromStage), new TaskQuery { BatchIds = [batch.Id], Statuses = requeue.Statuses });
        }

        var options = order.Options(batch.Options);
        if (order.Mode is RunMode.Incremental) options = options with { Incremental = true };
        if (options != batch.Options) store.AmendBatch(batch.Id, new BatchAmendment { Options = options, Reason = "The batch was run again with other options." });
        if (Changes(batch.Metadata, order.Metadata)) store.AmendBatch(batch.Id, new BatchAmendment { Metadata = order.Metadata, Reason = "The batch was run again with other metadata." });
        if (batch.Status is JournalBatchStatus.Paused && plan.WaitsUntil is null) store.Apply(batch.Id, BatchMove.Resume("The batch was run again."));
    }

    private static bool Changes(JsonMap metadata, JsonMap wanted) =>
        wanted.Keys.Any(name => metadata.JsonOf(name) is not { } was || BatchSelection.Differ(was, wanted.JsonOf(name)!));

    private static NewBatch NewBatch(RunOrder order) => new(order.Definition.Name)
    {
        InputSource = order.Definition.InputSource,
        SourceType = order.Definition.SourceType,
        KeyExpression = order.Definition.KeyExpression,
        Stages = order.Definition.Stages,
        Settings = order.Definition.Settings ?? JsonMap.Empty,
        Metadata = order.Metadata,
        Options = order.Options(order.NewOptions) with { Incremental = order.Mode is RunMode.Incremental },
    };
}
