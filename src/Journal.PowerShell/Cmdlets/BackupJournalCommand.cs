using System.Management.Automation;
using Journal.Statistics;
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

    /// <summary>In a folder: make none while the newest copy of this journal is younger than this. A TimeSpan, as hours, minutes and seconds or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Every { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = Reader;
        var destination = ResolveFilePath(Destination, (path, detail) => JournalErrors.InvalidValue("-Destination", path, detail));
        var isFolder = Directory.Exists(destination);
        if (!isFolder && Every > TimeSpan.Zero) throw JournalErrors.InvalidValue("-Every", Every, $"it is for a folder with copies, and '{destination}' is none.");
        if (Every > TimeSpan.Zero && JournalCopies.OwnBackups(StoreLoader.For(store.Location), store.Location, store.Location, destination) is [.., var newest]
            && JournalCopies.DueIn(newest, Every, Time.GetUtcNow()) is { } left)
        {
            WriteVerbose($"'{newest}' is young enough; the next backup is due in {RelativeTime.Countdown(left)}.");
            return;
        }

        var path = isFolder ? JournalCopies.BackupPathFor(store.Location, destination, Time.GetUtcNow()) : destination;
        if (!ShouldProcess($"journal '{store.Location}'", $"Back up to '{path}'")) return;
        while (!TryBackUp(store, path))
        {
            if (!isFolder) throw JournalErrors.InvalidValue("-Destination", path, "there is such a file already, and a backup writes over nothing.");
            // Another one took the name in the same second.
            path = JournalCopies.BackupPathFor(store.Location, destination, Time.GetUtcNow());
        }

        WriteObject(FileItem(path));
        if (isFolder && Keep > 0) RemoveOld(store.Location, destination, path);
    }

    private static bool TryBackUp(IJournalStore store, string path)
    {
        if (Path.Exists(path)) return false;
        try
        {
            store.BackUp(path);
            return true;
        }
        catch (JournalException) when (Path.Exists(path))
        {
            return false;
        }
    }

    private void RemoveOld(string location, string folder, string newest)
    {
        foreach (var old in JournalCopies.OwnBackups(StoreLoader.For(newest), newest, location, folder).SkipLast(Keep))
        {
            try
            {
                File.Delete(old);
                WriteVerbose($"Deleted the old backup '{old}'.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                WriteWarning($"The old backup '{old}' could not be deleted: {e.Message}");
            }
        }
    }
}
