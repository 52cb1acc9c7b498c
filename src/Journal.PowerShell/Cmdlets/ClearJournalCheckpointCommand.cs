using System.Management.Automation;
using Journal.Commands.Completion;

namespace Journal.Commands;

/// <summary>Removes checkpoints. One that is not there is no error.</summary>
[Cmdlet(VerbsCommon.Clear, "JournalCheckpoint", SupportsShouldProcess = true)]
public sealed class ClearJournalCheckpointCommand : CheckpointCmdlet
{
    /// <summary>The names, taken as they are.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CheckpointCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = WriterOrEmpty;
        var batchId = BatchIdIn(store);
        foreach (var name in Name)
        {
            if (ShouldProcess($"checkpoint '{name}'", "Clear") && !store.ClearCheckpoint(batchId, name)) WriteVerbose($"There is no checkpoint '{name}'.");
        }
    }
}
