using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands.Base;

/// <summary>A cmdlet that does something with batches, given by id or by objects that tell their batch. A batch that comes more than once is taken once.</summary>
public abstract class BatchTargetCmdlet : JournalCmdlet
{
    private readonly HashSet<(string Journal, string Id)> _seen = [];

    /// <summary>The batches: ids, names (the newest batch of that name), batches, or tasks, attempts and events of them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("BatchId")]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public virtual string[] Id { get; set; } = [];

    /// <summary>How the batches are opened.</summary>
    protected virtual StoreAccess Access => StoreAccess.Write;

    /// <summary>The batch that a text means.</summary>
    /// <exception cref="JournalException">BatchNotFound, JournalNotFound.</exception>
    protected virtual JournalBatch Meant(IJournalStore store, string idOrName) => store.MeantBatch(idOrName);

    /// <summary>Does it with one batch.</summary>
    protected abstract void OnBatch(IJournalStore store, JournalBatch batch);

    /// <inheritdoc/>
    protected override void OnItem() => ForEach(Id, id =>
    {
        // An error of a text that comes again was told.
        if (!_seen.Add((Location, id))) return;
        var store = OpenStore(Access);
        var batch = Meant(store, id);
        if (batch.Id == id || _seen.Add((Location, batch.Id))) OnBatch(store, batch);
    });
}

/// <summary>A cmdlet that works on one batch, or without one on something else: its own object, or the journal itself.</summary>
public abstract class OneBatchCmdlet : JournalCmdlet
{
    /// <summary>A batch, or an object that tells one.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The batch: its id, its name (the newest one) or an object of it.</summary>
    [Parameter]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    [ValidateCount(1, 1)]
    public string[]? BatchId { get; set; }
}

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
