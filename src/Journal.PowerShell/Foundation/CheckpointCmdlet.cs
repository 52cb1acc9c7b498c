using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>A cmdlet over checkpoints: those of a batch, or the journal's own.</summary>
public abstract class CheckpointCmdlet : JournalCmdlet
{
    /// <summary>A batch, or an object of one; or a checkpoint.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The batch: its id, its name (the newest one) or an object of it; by default the journal itself.</summary>
    [Parameter]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    [ValidateCount(1, 1)]
    public string[]? BatchId { get; set; }

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
