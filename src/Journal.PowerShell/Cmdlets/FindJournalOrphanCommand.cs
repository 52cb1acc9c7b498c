using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Finds what has no task: files of a directory that the journal does not know, and on request removes them; or inputs that no task has completed.</summary>
[Cmdlet(VerbsCommon.Find, "JournalOrphan", DefaultParameterSetName = ByDirectory, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(FileInfo), typeof(PSObject))]
public sealed class FindJournalOrphanCommand : JournalCmdlet
{
    private const string ByDirectory = "Directory";
    private const string ByInput = "Input";

    private HashSet<string> _done = null!;
    private KeyReader _keys = null!;

    /// <summary>The directory whose files are looked at.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByDirectory)]
    [ValidateNotNullOrEmpty]
    public string Directory { get; set; } = "";

    /// <summary>Look into the folders of the directory, too.</summary>
    [Parameter(ParameterSetName = ByDirectory)]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Delete the files that are found.</summary>
    [Parameter(ParameterSetName = ByDirectory)]
    public SwitchParameter Remove { get; set; }

    /// <summary>Delete even while tasks are in progress, whose files are not recorded yet.</summary>
    [Parameter(ParameterSetName = ByDirectory)]
    public SwitchParameter Force { get; set; }

    /// <summary>An input, as the line that runs the batch gets it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByInput)]
    [AllowNull]
    [AllowEmptyString]
    public PSObject? InputObject { get; set; }

    /// <summary>What tells the inputs apart, as in the line that runs the batch: a property's name, or a script block that sees the input as $_.</summary>
    [Parameter(ParameterSetName = ByInput)]
    [ValidateNotNull]
    public object? Key { get; set; }

    /// <summary>Only what batches of these names completed; wildcards are allowed. By default all batches count.</summary>
    [Parameter(ParameterSetName = ByInput)]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (ParameterSetName == ByDirectory) return;
        var selector = ValueSelector.From(Key);
        if (Key is not null && selector is null) throw JournalErrors.InvalidValue("-Key", Key, "give the name of a property or a script block.");
        _keys = new KeyReader(selector);
        var store = ReaderOrEmpty;
        foreach (var name in Name ?? [])
        {
            if (!store.ReadBatches(new BatchQuery { Names = NamePatterns.OfBatches(store, [name]), First = 1 }).Any() && EarlierRuns.ReadDone(store, NamePatterns.OfBatches(store, [name]), StopToken).Count == 0) WriteWarning($"There is no batch named '{name}': what it would have done counts as not done.");
        }

        _done = EarlierRuns.ReadDone(store, NamePatterns.OfBatches(store, Name), StopToken);
    }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (ParameterSetName == ByDirectory) FindFiles();
        // An input that comes twice is told once.
        else if (_done.Add(_keys.Read(InputObject ?? throw JournalErrors.KeyMissing(null, "it is null.")))) WriteObject(InputObject);
    }

    private void FindFiles()
    {
        var directory = ResolveFilePath(Directory, static (path, detail) => JournalErrors.InvalidValue("-Directory", path, detail));
        if (Remove && KnownFiles.IsProtected(directory)) throw JournalErrors.InvalidValue("-Directory", directory, $"nothing is removed in '{directory}': it is a root, lies right under one, holds your home, or is the system's. Name a folder of it.");
        var store = Reader;
        var inProgress = store.ReadInFlight(null).Count;
        var tasks = inProgress == 1 ? "1 task is in progress" : $"{inProgress} tasks are in progress";
        if (inProgress > 0 && Remove && !Force) throw JournalErrors.JournalInUse(Location, $"{tasks}, and what a task in progress has written is not recorded yet. If their workers are dead, Repair-JournalBatch takes them back");
        if (inProgress > 0) WriteWarning($"{tasks}: what they have written is not recorded yet, and counts as unknown.");
        foreach (var file in KnownFiles.Read(store, directory, Time, StopToken).Unknown(Recurse))
        {
            StopToken.ThrowIfCancellationRequested();
            if (Remove)
            {
                if (ShouldProcess(file, "Delete the file, which no task knows")) Delete(store, file, directory);
            }
            else if (FileItem(file) is { } item)
            {
                WriteObject(item);
            }
        }
    }

    private void Delete(IJournalStore store, string file, string directory)
    {
        // Somebody may have begun a run while the question was open.
        if (!Force && store.ReadInFlight(null).Count > 0) throw JournalErrors.FileNotDeleted(file, "tasks are in progress now, and what they have written is not recorded yet");
        // As it was, for whoever writes it down; one that is gone by now is nobody's.
        if (FileItem(file) is not { } item) return;
        var result = WorkFiles.Delete([file], directory)[0];
        if (result.Deleted) WriteObject(item);
        else WriteError(JournalErrors.FileNotDeleted(file, result.Reason!).ToErrorRecord());
    }
}
