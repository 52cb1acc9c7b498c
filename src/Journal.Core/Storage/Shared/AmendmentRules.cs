namespace Journal.Storage.Shared;

/// <summary>Whether an amendment may be made to the task it meets, decided once for all engines.</summary>
public static class AmendmentRules
{
    /// <summary>The position of the stage that the amendment sets; null where it sets none.</summary>
    /// <param name="amendment">The amendment.</param>
    /// <param name="taskId">Of which task.</param>
    /// <param name="status">That task's status.</param>
    /// <param name="token">The number of its newest lease.</param>
    /// <param name="batch">Its batch.</param>
    /// <exception cref="JournalException">LeaseLost, StageNotFound, IllegalMove.</exception>
    public static int? RequireStage(TaskAmendment amendment, long taskId, JournalTaskStatus status, long token, BatchFacts batch)
    {
        if (amendment.Token is { } held && (status != JournalTaskStatus.InProgress || token != held)) throw JournalErrors.LeaseLost(taskId, held);
        var stage = amendment.Stage is { } name ? batch.RequireStage(name) : (int?)null;
        if ((amendment.NotBefore ?? (object?)amendment.IsHeld) is not null && status is not JournalTaskStatus.Pending)
        {
            throw JournalErrors.IllegalMove(taskId, status, JournalTaskStatus.Pending, amendment.IsHeld is true ? "hold" : "set its time");
        }

        if (stage is not null && status == JournalTaskStatus.InProgress) throw JournalErrors.IllegalMove(taskId, status, status, "set stage");
        return stage;
    }

    /// <summary>Whether a task takes another input: while it is not done and nobody works on it.</summary>
    public static bool TakesInput(JournalTaskStatus status) => status is JournalTaskStatus.Pending or JournalTaskStatus.Failed;

    /// <summary>Why a task has another input than it was added with, for the audit trail.</summary>
    public const string Mended = "Its input changed since the batch began.";

    /// <summary>Whether an input that is given for a key differs from the one that the task has, in itself or in what is said with it (its fingerprint).</summary>
    /// <param name="given">The task as it is given.</param>
    /// <param name="input">The input that it has.</param>
    /// <param name="metadata">The metadata that it has, as JSON.</param>
    public static bool IsMended(NewTask given, TaskInput input, string? metadata) =>
        given.Input != input || (MoveEffects.Metadata(given.Metadata, metadata) is { } laid && laid != JsonMap.Parse(metadata).Json);

    /// <summary>Whether it changes the task. Progress and leases alone do not, and leave no event: a worker reports them all the time.</summary>
    public static bool IsChange(TaskAmendment amendment) =>
        amendment.Stage is not null || amendment.Priority is not null || amendment.Weight is not null || amendment.Metadata is { Count: > 0 }
        || amendment.NotBefore is not null || amendment.IsHeld is not null;

    /// <summary>The time before which the task may not be claimed, as it is stored; null where it stays.</summary>
    /// <param name="amendment">The amendment.</param>
    /// <param name="notBefore">The time that it has.</param>
    /// <param name="now">The time now.</param>
    public static long? NotBefore(TaskAmendment amendment, long notBefore, long now) =>
        amendment.IsHeld is true ? Waits.ForOperator
        : amendment.NotBefore is { } due ? Micros.From(due) > now ? Math.Min(Micros.From(due), Waits.ForKey - 1) : 0
        : amendment.IsHeld is false && notBefore == Waits.ForOperator ? 0
        : null;
}
