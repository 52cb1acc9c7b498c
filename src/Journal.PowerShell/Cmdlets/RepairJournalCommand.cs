using System.Management.Automation;
using Journal.Commands.Opening;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Sets a damaged journal aside, never deletes it, and saves what can be read into a new one in its place.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "Journal", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(JournalSalvage))]
public sealed class RepairJournalCommand : JournalCmdlet
{
    /// <summary>The journal.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Journal", "Path", "PSPath")]
    public override string? JournalPath { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var location = Location;
        if (JournalLocation.IsPostgres(location)) throw JournalErrors.UnsupportedJournal(location, "a damaged database is repaired by its server's own tools, or restored from its backup.");
        if (!File.Exists(location)) throw JournalErrors.JournalNotFound(location);
        var aside = JournalAside.PathFor(location, Time.GetUtcNow());
        if (!ShouldProcess($"journal '{location}'", $"Set aside as '{aside}' and save what can be read")) return;
        // The connection must not go on with the file that is moved away.
        if (JournalConnection.Current?.IsFor(location) == true) JournalConnection.Replace(null);
        var report = StoreLoader.For(location).Repair(new StoreOptions(location, StoreAccess.Create), aside);
        WriteObject(new JournalSalvage(location, aside, JsonList.From(report)));
    }
}
