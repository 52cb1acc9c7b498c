using System.Management.Automation;
using Journal.Commands.Views;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Tells what a journal is and holds: where, how large, how many batches and tasks, who is working.</summary>
[Cmdlet(VerbsCommon.Get, "Journal")]
[OutputType(typeof(JournalInfo))]
public sealed class GetJournalCommand : JournalCmdlet
{
    /// <summary>The journal.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Journal", "Path", "PSPath")]
    public override string? JournalPath { get; set; }

    /// <inheritdoc/>
    protected override void OnItem() => WriteObject(JournalInfoView.Row(Reader.Describe(), Processes));
}
