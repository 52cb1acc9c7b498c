using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands.Base;

/// <summary>A cmdlet over checkpoints: those of a batch, or the journal's own.</summary>
public abstract class CheckpointCmdlet : OneBatchCmdlet
{
    /// <summary>The id or the name of the batch that was named; null where none was.</summary>
    protected string? NamedBatch => BatchId is [{ } id] ? id : ObjectReference.Of(InputObject).BatchId;

    /// <summary>The same, after a look whether it is there.</summary>
    protected string? BatchIdIn(IJournalStore store) => NamedBatch is { } id ? store.MeantBatch(id).Id : null;

    /// <summary>Emits a checkpoint with its value as an object.</summary>
    protected void WriteCheckpoint(JournalCheckpoint checkpoint)
    {
        var result = PSObject.AsPSObject(checkpoint);
        result.Properties.Add(new PSNoteProperty("Value", KeptValues.Decode(checkpoint.Json)));
        WriteObject(result);
    }
}
