using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Gets checkpoints, with their values as objects. One that is not there is nothing, not an error: that is how a first run finds it.</summary>
[Cmdlet(VerbsCommon.Get, "JournalCheckpoint")]
[OutputType(typeof(JournalCheckpoint))]
public sealed class GetJournalCheckpointCommand : CheckpointCmdlet
{
    /// <summary>Names; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(CheckpointCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Emit the value alone.</summary>
    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = ReaderOrEmpty;
        var batchId = BatchIdIn(store);
        foreach (var name in NamePatterns.Of(Name, exact => store.FindCheckpoint(batchId, exact.Text) is not null)!)
        {
            var found = name.IsPattern
                ? store.ReadCheckpoints(batchId).Where(checkpoint => name.Matches(checkpoint.Name))
                : store.FindCheckpoint(batchId, name.Text) is { } one ? [one] : [];
            foreach (var checkpoint in found) Write(checkpoint);
        }
    }

    private void Write(JournalCheckpoint checkpoint)
    {
        if (ValueOnly) WriteObject(KeptValues.Decode(checkpoint.Json));
        else WriteCheckpoint(checkpoint);
    }
}
