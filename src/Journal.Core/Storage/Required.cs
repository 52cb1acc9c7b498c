namespace Journal.Storage;

/// <summary>Reads of what must be there.</summary>
public static class Required
{
    /// <summary>The batch with an id.</summary>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    public static JournalBatch RequireBatch(this IJournalStore store, string batchId) =>
        store.FindBatch(batchId) ?? throw JournalErrors.BatchNotFound(batchId);

    /// <summary>The task with an id.</summary>
    /// <exception cref="JournalException">TaskNotFound.</exception>
    public static JournalTask RequireTask(this IJournalStore store, long taskId) =>
        store.FindTask(taskId) ?? throw JournalErrors.TaskNotFound(taskId);
}
