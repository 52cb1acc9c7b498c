using Journal.Formats;
using Journal.Interchange.Foreign;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Interchange.Formats;

/// <summary>YAML files in folders: this module's mirror of a journal, or the episodes of a pipeline.</summary>
internal sealed class YamlFolder(string path, IYamlFormat yaml, Func<ITableFormat> tables)
{
    private static readonly string[] Endings = [".yaml", ".yml", ".yaml.gz", ".yml.gz"];

    private readonly Dictionary<string, FullBatch> _batches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<FullTask>> _tasks = new(StringComparer.Ordinal);
    private readonly HashSet<(string Batch, string Key)> _keys = [];

    /// <summary>Whether a text can be YAML that is imported: a map.</summary>
    public static bool LooksLikeYaml(SourceFile file)
    {
        foreach (var line in file.Text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace() || line[0] is '#' or '%' || line is "---") continue;
            var colon = line.IndexOf(':');
            return colon > 0 && line[..colon].IndexOfAny("\t\0") < 0 && (colon == line.Length - 1 || line[colon + 1] == ' ');
        }

        return false;
    }

    /// <summary>The YAML files of a folder, with their paths in it, in a fixed order.</summary>
    /// <exception cref="JournalException">InputFileUnreadable.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(static file => Endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) && Path.GetFileName(file)[0] != '.')
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.InputFileUnreadable(folder, e.Message, e);
        }
    }

    /// <summary>All files of the folder; of episodes their index and their database as well.</summary>
    public ImportedFile Read(string folder, ImportOptions options)
    {
        var files = Files(folder);
        var index = MirrorIndex.Read(folder, options);
        if (files.Count == 0 && index is not { Memory.Count: > 0 } && !HasEpisodes(folder)) throw JournalErrors.ImportFormatUnknown(folder, "the folder has no YAML file.");
        foreach (var batch in index?.Batches ?? []) _batches[batch.Batch.Id] = batch;
        return ReadAll(files.Select(SourceFile.Read), options, new DateTimeOffset(Directory.GetLastWriteTimeUtc(folder)), episodes => AddRest(folder, options, episodes)) with { Memory = index?.Memory ?? [] };
    }

    /// <summary>One file.</summary>
    public ImportedFile ReadOne(SourceFile file, ImportOptions options, DateTimeOffset written) => ReadAll([file], options, written, static _ => { });

    private ImportedFile ReadAll(IEnumerable<SourceFile> files, ImportOptions options, DateTimeOffset written, Action<Episodes> addRest)
    {
        var episodes = new Episodes(new SourceFile(path, []), options);
        foreach (var file in files)
        {
            var fields = new Fields(Parse(file, yaml), file, options.NaiveTimes);
            if (OwnJson.LooksLikeOwn(fields)) AddOwn(file, fields);
            else if (Episodes.LooksLikeEpisode(fields)) episodes.Add(file, fields.Map);
            else throw JournalErrors.ImportFormatUnknown(file.Path, "it is YAML, but neither an episode (an id and a stage) nor a task of a journal.");
        }

        var own = _tasks.Select(entry => _batches[entry.Key] with { Tasks = entry.Value }).ToList();
        if (own.Count == 0) addRest(episodes);
        if (episodes.Count == 0) return new ImportedFile(path, ImportFormat.Yaml, own);
        return new ImportedFile(path, ImportFormat.Episodes, [.. own, episodes.Finish().ToFull(written)]);
    }

    private static bool HasEpisodes(string folder) => File.Exists(Path.Combine(folder, Episodes.IndexName)) || File.Exists(Path.Combine(folder, Episodes.DatabaseName));

    // What the files do not tell: the log, and episodes that lost their files.
    private void AddRest(string folder, ImportOptions options, Episodes episodes)
    {
        var database = Path.Combine(folder, Episodes.DatabaseName);
        if (TableFile.IsOne(database))
        {
            var (file, root) = TableFile.Read(database, Episodes.Tables, tables());
            var fields = new Fields(root, file, options.NaiveTimes);
            if (Episodes.LooksLikeTables(fields)) episodes.AddTables(file, fields);
        }

        var index = Path.Combine(folder, Episodes.IndexName);
        if (!File.Exists(index)) return;
        var text = SourceFile.Read(index);
        var entries = JsonText.Parse(text, text.Content.Span);
        if (Episodes.LooksLikeIndex(entries)) episodes.AddIndex(text, entries);
    }

    private void AddOwn(SourceFile file, Fields fields)
    {
        OwnJson.CheckVersion(fields);
        if (!file.Text.AsSpan().TrimEnd().EndsWith("\n...")) throw file.Wrong(file.Text.AsSpan().TrimEnd().Count('\n') + 1, "The end (...) is missing: the file is cut.");
        var batch = OwnBatch.Read(fields.Nested("batch") ?? throw fields.Wrong("The task does not tell its batch."), path);
        _batches.TryAdd(batch.Batch.Id, batch);
        var task = OwnTask.Read(fields, batch.Batch.Id);
        if (!_keys.Add((batch.Batch.Id, task.Task.Key))) throw fields.Wrong($"The key '{task.Task.Key}' comes twice.");
        if (_tasks.TryGetValue(batch.Batch.Id, out var tasks)) tasks.Add(task);
        else _tasks[batch.Batch.Id] = [task];
    }

    /// <summary>The value of a YAML file.</summary>
    /// <exception cref="JournalException">ImportFileInvalid.</exception>
    public static Node Parse(SourceFile file, IYamlFormat yaml)
    {
        try
        {
            return yaml.Read(file.Text);
        }
        catch (YamlTextException e)
        {
            throw file.Wrong(e.Line, "This is not YAML that can be read: " + e.Message, e);
        }
    }
}
