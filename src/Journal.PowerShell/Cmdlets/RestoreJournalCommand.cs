using System.Management.Automation;
using Journal.Commands.Opening;
using Journal.Commands.Views;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Puts a backup in the place of a journal. What was there is set aside, never deleted; the backup is checked first and stays as it is.</summary>
[Cmdlet(VerbsData.Restore, "Journal", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(JournalInfo))]
public sealed class RestoreJournalCommand : JournalCmdlet
{
    /// <summary>The backup.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Replace the journal even where living workers hold tasks of it or other sessions have it open.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var source = JournalLocation.Resolve(ResolveFilePath(Path, (path, detail) => JournalErrors.InvalidValue("-Path", path, detail)));
        var location = Location;
        if (JournalLocation.IsPostgres(location)) throw JournalErrors.UnsupportedJournal(location, "only a journal that is a file can be restored from one.");
        if (FilePaths.Same(source, location)) throw JournalErrors.InvalidValue("-Path", source, "the backup is the journal itself.");
        if (!File.Exists(source)) throw JournalErrors.JournalNotFound(source);
        if (!Force) JournalUse.RefuseWhereSomebodyWorks(location, Processes);
        var aside = JournalCopies.ReplacedPathFor(location, Time.GetUtcNow());
        if (!ShouldProcess($"journal '{location}'", $"Set aside as '{aside}' and replace by '{source}'")) return;
        if (JournalConnection.Current?.IsFor(location) == true) JournalConnection.Replace(null);
        StoreLoader.For(location).Restore(new StoreOptions(location, StoreAccess.Create), source, aside, Force);
        WriteObject(JournalInfoView.Row(Reader.Describe(), Processes));
    }
}
