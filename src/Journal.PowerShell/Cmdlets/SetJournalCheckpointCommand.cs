using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Sets a checkpoint: a value under a name, for anything that is not a task.</summary>
[Cmdlet(VerbsCommon.Set, "JournalCheckpoint", SupportsShouldProcess = true)]
[OutputType(typeof(JournalCheckpoint))]
public sealed class SetJournalCheckpointCommand : CheckpointCmdlet
{
    /// <summary>The name, taken as it is.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(CheckpointCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>Anything that JSON holds.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; }

    /// <summary>Emit the checkpoint.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var json = KeptValues.Encode(Value, "-Value");
        // A scan may note where it is before there is any batch; only then may this be what makes the journal.
        var batchId = NamedBatch is null ? null : BatchIdIn(Writer);
        if (!ShouldProcess($"checkpoint '{Name}'", "Set")) return;
        var checkpoint = OpenStore(batchId is null ? StoreAccess.Create : StoreAccess.Write).SetCheckpoint(batchId, Name, json);
        if (PassThru) WriteCheckpoint(checkpoint);
    }
}
