using Journal.Lifecycle;

namespace Journal.Storage;

/// <summary>Reads of what must be there.</summary>
public static class Required
{
    /// <summary>The batch with an id.</summary>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    public static JournalBatch RequireBatch(this IJournalStore store, string batchId) =>
        store.FindBatch(batchId) ?? throw JournalErrors.BatchNotFound(batchId);

    /// <summary>The batch that a text means: the one with that id, else the newest of that name.</summary>
    /// <exception cref="JournalException">BatchNotFound, JournalNotFound.</exception>
    public static JournalBatch MeantBatch(this IJournalStore store, string idOrName) =>
        Meant(store, idOrName) ?? throw NotFound(store, idOrName);

    /// <summary>The same; null where the text can name a batch that is yet to be made. One that was removed is not made anew under its id.</summary>
    /// <exception cref="JournalException">BatchNotFound, JournalNotFound, InvalidBatchName.</exception>
    public static JournalBatch? MeantOrNewBatch(this IJournalStore store, string idOrName)
    {
        if (Meant(store, idOrName) is { } batch) return batch;
        if (BatchNaming.IsLikeAnId(idOrName)) throw NotFound(store, idOrName);
        BatchNaming.ValidateName(idOrName);
        return null;
    }

    /// <summary>The same for a pause: a name whose batch is yet to be made can be paused as soon as it is.</summary>
    /// <exception cref="JournalException">BatchNotFound, JournalNotFound.</exception>
    public static JournalBatch BatchToPause(this IJournalStore store, string idOrName) =>
        Meant(store, idOrName) ?? throw (store is EmptyJournal || BatchNaming.IsLikeAnId(idOrName) ? NotFound(store, idOrName) : JournalErrors.BatchNotFound(
            idOrName, $"Only a batch that is there can be paused. To keep one from running until you say so, make it first and pause it then: … | Start-JournalBatch '{idOrName}' | Suspend-JournalBatch -Until <time>. The line that runs it goes on with it after that."));

    private static JournalBatch? Meant(IJournalStore store, string idOrName) =>
        store.FindBatch(idOrName) ?? store.ReadBatches(BatchQuery.NewestOf(idOrName)).FirstOrDefault();

    private static JournalException NotFound(IJournalStore store, string idOrName) =>
        store is EmptyJournal ? JournalErrors.JournalNotFound(store.Location) : JournalErrors.BatchNotFound(idOrName);

    /// <summary>The task with an id.</summary>
    /// <exception cref="JournalException">TaskNotFound.</exception>
    public static JournalTask RequireTask(this IJournalStore store, long taskId) =>
        store.FindTask(taskId) ?? throw JournalErrors.TaskNotFound(taskId);
}
