using System.Collections.ObjectModel;
using System.Management.Automation;
using Journal.Formats;
using Journal.Interchange;
using Journal.Interchange.Sources;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Brings in what other journals, logs and state files know, recognised by their content. Importing the same again adds nothing.</summary>
[Cmdlet(VerbsData.Import, "Journal", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(JournalImport))]
public sealed class ImportJournalCommand : JournalCmdlet
{
    private readonly ImportReader _reader = new(static () => FormatLoader.Yaml, static () => FormatLoader.Tables);

    /// <summary>Files, or folders of YAML files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files or folders, taken as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What to call the batch of a source that has no name for it; by default the file's name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Times without an offset are of this machine's time zone; by default they are UTC.</summary>
    [Parameter]
    public SwitchParameter AssumeLocalTime { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (ParameterSetName == "LiteralPath") ForEach(LiteralPath, path => Import(ResolveFilePath(path, Unreachable)));
        else ForEach(Path, path => ForEach(Resolve(path), Import));
    }

    private void Import(string path)
    {
        var file = _reader.Read(path, new ImportOptions { Name = Name, NaiveTimes = AssumeLocalTime ? TimeZoneInfo.Local : TimeZoneInfo.Utc });
        var present = Present();
        var batches = ImportPlan.Place(file, present);
        var wanted = batches.Where(batch => ShouldProcess(Describe(batch), Announce(file, ImportPlan.Foresee(batch, present)))).ToList();
        var remembers = file.Memory.Count > 0 && ShouldProcess(
            "the completions of removed batches", $"Take over what {Amount.Of(file.Memory.Count, "removed batch")} completed, which incremental runs leave out, from '{file.Path}'");
        if (wanted.Count == 0 && !remembers) return;
        var store = OpenStore(StoreAccess.Create);
        var results = wanted.Count == 0 ? [] : store.Import(wanted, SessionWorker.Get());
        for (var i = 0; i < wanted.Count; i++)
        {
            var result = results[i];
            if (result.Added > 0) foreach (var clash in ResultClash.Find(store, result.BatchId)) WriteWarning(clash.Words(result.BatchId));
            WriteObject(new JournalImport(result.BatchId, wanted[i].Batch.Name, file.Format, path, result.Added, result.AlreadyThere, result.Attempts, result.Events, store.Location));
        }

        // After the batches: one that came in tells more than what is remembered of it.
        if (remembers && EarlierRuns.TakeMemory(store, file.Memory) is > 0 and var taken) WriteVerbose($"What {Amount.Of(taken, "removed batch")} completed is remembered here, too: incremental runs leave it out.");
    }

    // The journal as it is; null where the import will make it.
    private IJournalStore? Present()
    {
        try
        {
            return Reader;
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalNotFound))
        {
            return null;
        }
    }

    private static JournalException Unreachable(string path, string detail) => JournalErrors.InputFileUnreadable(path, detail);

    private static string Describe(FullBatch batch) => $"batch '{batch.Batch.Id}'";

    private static string Announce(ImportedFile file, ImportResult result) =>
        $"Import {Amount.Of(result.Added, "task")} with {Amount.Of(result.Attempts, "attempt")} from '{file.Path}' ({file.Format}); {result.AlreadyThere} already there";

    private Collection<string> Resolve(string path)
    {
        try
        {
            // A name may have characters that are wildcards; and a file need not be there for its error to name it.
            if (!WildcardPattern.ContainsWildcardCharacters(path)) return [ResolveFilePath(path, Unreachable)];
            if (ResolveFilePath(path, Unreachable) is var literal && System.IO.Path.Exists(literal)) return [literal];

            var found = SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider);
            if (provider.Name != "FileSystem") throw Unreachable(path, $"it is a path of the provider {provider.Name}, not of a file.");
            return found.Count > 0 ? found : throw JournalErrors.InputFileNotFound(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreachable(path, e.Message);
        }
    }
}
