using System.Management.Automation;
using Journal.Commands.Opening;

namespace Journal.Commands;

/// <summary>Closes the journal that Connect-Journal opened; the default is the user's own journal again.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Journal")]
public sealed class DisconnectJournalCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => JournalConnection.Replace(null);
}
