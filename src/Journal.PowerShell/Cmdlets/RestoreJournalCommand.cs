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
    // The log belongs to the file: left behind, it would be laid over the backup.
    private static readonly string[] Parts = ["", "-wal", "-shm"];

    /// <summary>The backup.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Replace the journal even where living workers hold tasks of it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var source = ResolveFilePath(Path, (path, detail) => JournalErrors.InvalidValue("-Path", path, detail));
        var location = Location;
        if (JournalLocation.IsPostgres(location)) throw JournalErrors.UnsupportedJournal(location, "only a journal that is a file can be restored from one.");
        if (FilePaths.Same(source, location)) throw JournalErrors.InvalidValue("-Path", source, "the backup is the journal itself.");
        using var backup = StoreSet.Open(source, StoreAccess.Read, Durability.Full);
        if (backup.Check() is { Count: > 0 } problems) throw JournalErrors.JournalCorrupt(source, problems[0]);
        RefuseWhereSomebodyWorks(location);
        var aside = JournalAside.ReplacedPathFor(location, Time.GetUtcNow());
        if (!ShouldProcess($"journal '{location}'", $"Set aside as '{aside}' and replace by '{source}'")) return;
        if (JournalConnection.Current?.IsFor(location) == true) JournalConnection.Replace(null);
        SetAside(location, aside);
        backup.BackUp(location);
        WriteObject(JournalInfoView.Row(Reader.Describe(), Processes));
    }

    private void RefuseWhereSomebodyWorks(string location)
    {
        if (Force || !File.Exists(location)) return;
        try
        {
            using var present = StoreSet.Open(location, StoreAccess.Read, Durability.Full);
            var workers = present.Describe().Workers.Count(worker => Processes.Probe(worker) is Workers.Liveness.Alive);
            if (workers > 0) throw JournalErrors.JournalInUse(location, workers);
        }
        catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.JournalCorrupt) or nameof(JournalErrors.NotAJournal) or nameof(JournalErrors.JournalTooNew))
        {
            // That it cannot be read is why it is replaced.
        }
    }

    private static void SetAside(string location, string aside)
    {
        try
        {
            foreach (var part in Parts.Where(part => File.Exists(location + part))) FilePaths.Move(location + part, aside + part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalWriteFailed(location, e.Message, e);
        }
    }
}
