using Journal.Storage;

namespace Journal.Commands.Base;

/// <summary>Removes a batch with what belongs to it.</summary>
internal static class BatchRemoval
{
    /// <summary>Removes it, with its temporary files; those that had to stay are told in verbose lines.</summary>
    public static void Remove(JournalCmdlet cmdlet, IJournalStore store, JournalBatch batch)
    {
        foreach (var file in WorkFiles.Delete(store.RemoveBatch(batch.Id), batch.Options.WorkDirectory))
        {
            if (!file.Deleted) cmdlet.WriteVerbose($"The temporary file '{file.Path}' was left: {file.Reason}.");
        }
    }
}
