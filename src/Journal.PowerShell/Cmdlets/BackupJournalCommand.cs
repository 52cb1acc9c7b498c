using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Copies a journal, while others write to it, into a file that can be opened by itself.</summary>
[Cmdlet(VerbsData.Backup, "Journal", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class BackupJournalCommand : JournalCmdlet
{
    /// <summary>A folder, in which the copy is named after the journal and the time; or a file that is not there yet.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>In a folder: how many copies of this journal to keep; older ones are deleted.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Keep { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = Reader;
        var destination = ResolveFilePath(Destination, (path, detail) => JournalErrors.InvalidValue("-Destination", path, detail));
        var isFolder = Directory.Exists(destination);
        var path = isFolder ? JournalAside.BackupPathFor(store.Location, destination, Time.GetUtcNow()) : destination;
        if (!ShouldProcess($"journal '{store.Location}'", $"Back up to '{path}'")) return;
        if (File.Exists(path)) throw JournalErrors.InvalidValue("-Destination", path, "there is such a file already, and a backup writes over nothing.");
        store.BackUp(path);
        WriteObject(new FileInfo(path));
        if (!isFolder || Keep == 0) return;
        foreach (var old in JournalAside.Backups(store.Location, destination).SkipLast(Keep))
        {
            File.Delete(old);
            WriteVerbose($"Deleted the old backup '{old}'.");
        }
    }
}
