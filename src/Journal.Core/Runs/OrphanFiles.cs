using Journal.Storage;

namespace Journal.Runs;

/// <summary>Deletes the temporary files that dead attempts left behind.</summary>
public static class OrphanFiles
{
    /// <summary>Deletes the registered files of a recovered task, and forgets them.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batch">Its batch; its work directory bounds what may be deleted.</param>
    /// <param name="taskId">A task that was just recovered.</param>
    /// <returns>What became of each file.</returns>
    public static IReadOnlyList<WorkFileResult> Delete(IJournalStore store, JournalBatch batch, long taskId)
    {
        var files = store.ReadTempFiles(taskId);
        if (files.Count == 0) return [];
        var results = WorkFiles.Delete(files, batch.Options.WorkDirectory);
        store.ClearTempFiles(taskId);
        return results;
    }
}
