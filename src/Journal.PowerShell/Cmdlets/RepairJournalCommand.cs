using System.Management.Automation;
using Journal.Commands.Opening;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Saves what can be read of a damaged journal into a new one in its place. The damaged one is set aside, never deleted.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "Journal", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(JournalSalvage))]
public sealed class RepairJournalCommand : JournalCmdlet
{
    /// <summary>The journal.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Journal", "Path", "PSPath")]
    public override string? JournalPath { get; set; }

    /// <summary>Repair the journal even where living workers hold tasks of it or other sessions have it open.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var location = Location;
        if (JournalLocation.IsPostgres(location)) throw JournalErrors.UnsupportedJournal(location, "a damaged database is repaired by its server's own tools, or restored from its backup.");
        if (System.IO.Directory.Exists(location)) throw JournalErrors.UnsupportedJournal(location, "it is a directory.");
        if (!File.Exists(location)) throw JournalErrors.JournalNotFound(location);
        if (!Force) JournalUse.RefuseWhereSomebodyWorks(location, Processes);
        var aside = JournalCopies.PathFor(location, Time.GetUtcNow());
        if (!ShouldProcess($"journal '{location}'", $"Set aside as '{aside}' and save what can be read")) return;
        // The connection must not go on with the file that is set aside.
        if (JournalConnection.Current?.IsFor(location) == true) JournalConnection.Replace(null);
        var report = StoreLoader.For(location).Repair(new StoreOptions(location, StoreAccess.Create), aside, Force);
        WriteObject(new JournalSalvage(location, aside, JsonList.From(report)));
    }
}
