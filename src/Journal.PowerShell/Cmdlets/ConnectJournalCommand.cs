using System.Management.Automation;
using Journal.Commands.Opening;
using Journal.Commands.Views;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Chooses the journal that cmdlets use where none is named, and keeps it open. One that does not exist yet is made by the first batch.</summary>
[Cmdlet(VerbsCommunications.Connect, "Journal")]
[OutputType(typeof(JournalInfo))]
public sealed class ConnectJournalCommand : JournalCmdlet
{
    /// <summary>The journal.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Journal", "Path")]
    public override string? JournalPath { get; set; }

    /// <summary>What a commit promises; by default what $env:JOURNAL_DURABILITY says, else Full.</summary>
    [Parameter]
    public Durability? Durability { get; set; }

    /// <summary>Emit what the journal is and holds.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var connection = new JournalConnection(Address, Durability ?? JournalLocation.DefaultDurability);
        try
        {
            var info = connection.Open(StoreAccess.Read).Describe();
            JournalConnection.Replace(connection);
            if (PassThru) WriteObject(JournalInfoView.Row(info, Processes));
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalNotFound))
        {
            JournalConnection.Replace(connection);
            WriteWarning($"There is no journal at '{Location}' yet; the first Start-JournalBatch or Invoke-JournalBatch makes it.");
        }
    }
}
