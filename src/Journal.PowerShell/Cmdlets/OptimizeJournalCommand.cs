using System.Management.Automation;
using Journal.Commands.Views;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Gives back the space that a journal does not use any more, and makes its queries fast again.</summary>
[Cmdlet(VerbsCommon.Optimize, "Journal", SupportsShouldProcess = true)]
[OutputType(typeof(JournalInfo))]
public sealed class OptimizeJournalCommand : JournalCmdlet
{
    /// <summary>The journal.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Journal", "Path", "PSPath")]
    public override string? JournalPath { get; set; }

    /// <summary>Emit what the journal is and holds afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = Writer;
        if (!ShouldProcess($"journal '{store.Location}'", "Optimize")) return;
        store.Optimize();
        if (PassThru) WriteObject(JournalInfoView.Row(store.Describe(), Processes));
    }
}
