using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Formats;
using Journal.Interchange;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Writes batches with everything that belongs to them, in a form that Import-Journal, people and other programs read.</summary>
[Cmdlet(VerbsData.Export, "Journal", SupportsShouldProcess = true)]
[OutputType(typeof(JournalExported))]
public sealed class ExportJournalCommand : JournalCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>The file; with Yaml, the folder.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = "";

    /// <summary>In which format; by default what the file's extension says, else Json.</summary>
    [Parameter]
    public ExportFormat? Format { get; set; }

    /// <summary>These batches: ids, names (the newest batch of that name), or objects that tell their batch; by default all.</summary>
    [Parameter(ValueFromPipeline = true)]
    [Alias("Id")]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public string[]? BatchId { get; set; }

    /// <summary>Batches of these names; wildcards are allowed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>With Yaml: compress the files of tasks that ended longer ago than so many days (30, 30d, or a TimeSpan).</summary>
    [Parameter]
    [Days]
    public TimeSpan? CompressOlderThan { get; set; }

    /// <summary>Replace a file that is there; with Yaml, use a folder that holds something else.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        foreach (var id in BatchId ?? [])
        {
            if (!_ids.Contains(id)) _ids.Add(id);
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        var store = Reader;
        var path = ResolveFilePath(Path, static (given, detail) => JournalErrors.ExportFailed(given, detail));
        var format = Format ?? FormatOf(path);
        if (CompressOlderThan is not null && format is not ExportFormat.Yaml) throw JournalErrors.InvalidValue("-CompressOlderThan", CompressOlderThan, "only the files of -Format Yaml are compressed.");
        var batches = Batches(store);
        if (!ShouldProcess(path, $"Write {Amount.Of(batches.Count, "batch")} with {Amount.Of(batches.Sum(static batch => batch.Total), "task")} as {format}")) return;
        if (format is ExportFormat.Yaml) WriteMirror(store, path, batches);
        else WriteFile(store, path, format, batches);
    }

    private void WriteFile(IJournalStore store, string path, ExportFormat format, List<JournalBatch> batches)
    {
        var count = JournalExport.Write(store, batches, format, path, Force, StopToken, Memory(store, batches));
        WriteObject(new JournalExported(path, format, batches.Count, count, count, 0, store.Location));
    }

    private void WriteMirror(IJournalStore store, string path, List<JournalBatch> batches)
    {
        var before = CompressOlderThan is { } age ? store.Now - age : (DateTimeOffset?)null;
        var result = new MirrorExport(store, path, FormatLoader.Yaml).Write(batches, before, Force, StopToken, Memory(store, batches));
        WriteObject(new JournalExported(path, ExportFormat.Yaml, batches.Count, result.Written + result.Unchanged, result.Written, result.Compressed, store.Location));
    }

    // Of what is exported: all, or the names of the batches that are.
    private IReadOnlyList<JournalCheckpoint> Memory(IJournalStore store, List<JournalBatch> batches) =>
        EarlierRuns.ReadMemory(store, _ids.Count == 0 && Name is null ? null : batches.Select(static batch => batch.Name).ToHashSet(StringComparer.OrdinalIgnoreCase));

    private List<JournalBatch> Batches(IJournalStore store)
    {
        if (_ids.Count > 0) return _ids.Select(store.MeantBatch).DistinctBy(static batch => batch.Id).ToList();
        var names = NamePatterns.OfBatches(store, Name);
        var batches = store.ReadBatches(new BatchQuery { Names = names, OldestFirst = true }).ToList();
        return batches.Count > 0 || names is null ? batches : throw JournalErrors.BatchNameNotFound(string.Join(", ", Name!));
    }

    private static ExportFormat FormatOf(string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => ExportFormat.Jsonl,
        ".csv" => ExportFormat.Csv,
        _ => ExportFormat.Json,
    };
}
