using Journal.Formats;
using Journal.Interchange.Foreign;
using Journal.Interchange.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange;

/// <summary>Reads a file or a folder of whatever format: it is recognised by its content.</summary>
/// <param name="yaml">Gives the reader of YAML, when first needed.</param>
/// <param name="tables">Gives the reader of SQLite files, when first needed.</param>
public sealed class ImportReader(Func<IYamlFormat> yaml, Func<ITableFormat> tables)
{
    /// <summary>Reads all of it, so that a mistake on its last line is found before anything is imported.</summary>
    /// <param name="path">The full path of a file, or of a folder of YAML files.</param>
    /// <param name="options">How.</param>
    /// <exception cref="JournalException">InputFileNotFound, InputFileUnreadable, ImportFileInvalid, ImportFormatUnknown, ImportFileEmpty.</exception>
    public ImportedFile Read(string path, ImportOptions options)
    {
        if (Directory.Exists(path)) return Folder(path).Read(path, options);
        var written = File.Exists(path) ? new DateTimeOffset(File.GetLastWriteTimeUtc(path)) : default;
        if (TableFile.IsOne(path)) return ReadTables(path, options, written);
        return Read(SourceFile.Read(path), options, written);
    }

    /// <summary>Reads content that is at hand.</summary>
    /// <param name="path">What errors, and the batch, call it.</param>
    /// <param name="content">UTF-8, or as its byte order mark says.</param>
    /// <param name="options">How.</param>
    /// <param name="written">A time for what tells none: when the file was written.</param>
    /// <exception cref="JournalException">ImportFileInvalid, ImportFormatUnknown, ImportFileEmpty.</exception>
    public ImportedFile Read(string path, byte[] content, ImportOptions options, DateTimeOffset written) => Read(new SourceFile(path, content), options, written);

    private ImportedFile Read(SourceFile file, ImportOptions options, DateTimeOffset written)
    {
        var text = file.Content.Span;
        var begins = text.TrimStart(" \t\r\n"u8);
        if (begins.IsEmpty) throw JournalErrors.ImportFileEmpty(file.Path);
        if (TableFile.IsHead(text)) throw JournalErrors.ImportFormatUnknown(file.Path, "it is a compressed SQLite file; unpack it first.");
        var read = begins[0] is (byte)'{' or (byte)'[' || begins.StartsWith("//"u8) || begins.StartsWith("/*"u8)
            ? ReadJson(file, options, written)
            : ReadText(file, options, written);
        return read.Batches.All(static batch => !batch.Tasks.Any()) && read.Format > ImportFormat.Yaml ? throw JournalErrors.ImportFileEmpty(file.Path) : read;
    }

    private static ImportedFile ReadJson(SourceFile file, ImportOptions options, DateTimeOffset written)
    {
        if (Lines(file, options) is { } lines)
        {
            if (OwnJson.LooksLikeOwn(new Fields(lines[0], file, options.NaiveTimes))) return OwnJson.ReadLines(file, options);
            return ReadList(file, lines, options, written);
        }

        var root = JsonText.Parse(file, file.Content.Span);
        if (root.Kind is NodeKind.List) return ReadList(file, root.Items, options, written);
        var top = new Fields(root, file, options.NaiveTimes);
        if (OwnJson.LooksLikeOwn(top)) return OwnJson.ReadObject(top, file);
        if (top.Text("format") == MirrorIndex.Mark) throw JournalErrors.ImportFormatUnknown(file.Path, "it is the index of a mirror; import the folder that it lies in.");
        if (Transcoder.LooksLikeTables(top)) return Foreign(file, ImportFormat.Transcoder, [new Transcoder(file, options).Read(top)], written);
        if (Episodes.LooksLikeTables(top)) return ReadEpisodes(file, options, written, episodes => episodes.AddTables(file, top));
        if (top.Has("batches", "tasks")) return Foreign(file, ImportFormat.BatchJournal, new BatchJournal(file, options).Read(root), written);
        if (Episodes.LooksLikeIndex(root)) return ReadEpisodes(file, options, written, episodes => episodes.AddIndex(file, root));
        if (JobLog.LooksLikeRecord(top)) return ReadList(file, [root], options, written);
        if (ProcessingState.LooksLikeState(top)) return Foreign(file, ImportFormat.ProcessingState, [new ProcessingState(file, options).Read(root)], written);
        throw JournalErrors.ImportFormatUnknown(file.Path, "it is a JSON object without batches, tasks, files, tables of jobs or entries with a status.");
    }

    private static ImportedFile ReadList(SourceFile file, IReadOnlyList<Node> items, ImportOptions options, DateTimeOffset written)
    {
        if (items.Count == 0) throw JournalErrors.ImportFileEmpty(file.Path);
        var first = new Fields(items[0], file, options.NaiveTimes);
        // The likelier one first: a task of a journal tells a status, a record of a log tells a success.
        if (Transcoder.LooksLikeJob(first)) return Foreign(file, ImportFormat.Transcoder, [new Transcoder(file, options).Read(items)], written);
        if (BatchJournal.LooksLikeTask(first)) return Foreign(file, ImportFormat.BatchJournal, new BatchJournal(file, options).Read(Node.List(items)), written);
        if (JobLog.LooksLikeRecord(first)) return Foreign(file, ImportFormat.JobLog, [new JobLog(file, options).Read(items)], written);
        throw JournalErrors.ImportFormatUnknown(file.Path, "it is a list in JSON, but its first item is neither a task with a status nor a record of a job.");
    }

    private ImportedFile ReadTables(string path, ImportOptions options, DateTimeOffset written)
    {
        var (file, root) = TableFile.Read(path, [.. Transcoder.Tables, .. Episodes.Tables], tables());
        var top = new Fields(root, file, options.NaiveTimes);
        var read = Transcoder.LooksLikeTables(top) ? Foreign(file, ImportFormat.Transcoder, [new Transcoder(file, options).Read(top)], written)
            : Episodes.LooksLikeTables(top) ? ReadEpisodes(file, options, written, episodes => episodes.AddTables(file, top))
            : throw JournalErrors.ImportFormatUnknown(path, "it is a SQLite file, but has neither the tables of a transcoder nor those of episodes. A journal is opened with Connect-Journal.");
        return read.Batches.All(static batch => !batch.Tasks.Any()) ? throw JournalErrors.ImportFileEmpty(path) : read;
    }

    // The index and the database of a folder's episodes belong to the batch that the folder is.
    private static ImportedFile ReadEpisodes(SourceFile file, ImportOptions options, DateTimeOffset written, Action<Episodes> add)
    {
        var isPart = Path.GetFileName(file.Path) is Episodes.IndexName or Episodes.DatabaseName;
        var folder = isPart && Path.GetFileName(Path.GetDirectoryName(file.Path)) is { Length: > 0 } name ? options.Name ?? name : options.Name;
        var episodes = new Episodes(file, options with { Name = folder });
        add(episodes);
        return Foreign(file, ImportFormat.Episodes, [episodes.Finish()], written);
    }

    private ImportedFile ReadText(SourceFile file, ImportOptions options, DateTimeOffset written)
    {
        var span = file.Content.Span;
        var end = span.IndexOf((byte)'\n');
        var line = System.Text.Encoding.UTF8.GetString((end < 0 ? span : span[..end]).TrimEnd((byte)'\r'));
        if (line == ParallelJoblog.Header) return Foreign(file, ImportFormat.ParallelJoblog, [new ParallelJoblog(file, options).Read()], written);
        if (line.StartsWith("Seq\tHost\t", StringComparison.Ordinal)) throw file.Wrong(1, "The header of the joblog is cut, or of a version that is not known.");
        if (OwnTable.LooksLikeHeader(line)) return new ImportedFile(file.Path, ImportFormat.Csv, OwnTable.Read(file, options));
        if (YamlFolder.LooksLikeYaml(file)) return Folder(file.Path).ReadOne(file, options, written);
        throw JournalErrors.ImportFormatUnknown(file.Path, "it begins like none of them (docs/import-export.md lists them).");
    }

    // JSON lines: the first line is a whole object, and there are more, or it is the head of an own file. Null for other JSON.
    private static List<Node>? Lines(SourceFile file, ImportOptions options)
    {
        List<Node>? nodes = null;
        var number = 0;
        for (var rest = file.Content; !rest.IsEmpty;)
        {
            number++;
            var end = rest.Span.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).Span.Trim(" \t\r"u8);
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.IsEmpty || line.StartsWith("//"u8)) continue;
            if (nodes is null)
            {
                if (line is not [(byte)'{', .., (byte)'}']) return null;
                try
                {
                    nodes = [JsonText.Parse(file, line, number)];
                }
                catch (JournalException)
                {
                    // An object that goes on over lines: the file as a whole tells what is wrong.
                    return null;
                }

                // Its own reader takes the lines as they come.
                var head = new Fields(nodes[0], file, options.NaiveTimes);
                if (OwnJson.LooksLikeOwn(head)) return head.Has("batches") ? null : nodes;
            }
            else
            {
                nodes.Add(JsonText.Parse(file, line, number));
            }
        }

        return nodes is { Count: > 1 } ? nodes : null;
    }

    private YamlFolder Folder(string path) => new(path, yaml(), tables);

    private static ImportedFile Foreign(SourceFile file, ImportFormat format, IReadOnlyList<SourceBatch> batches, DateTimeOffset written) =>
        new(file.Path, format, [.. batches.Where(static batch => batch.Tasks.Count > 0 || batch.SourceId is not null).Select(batch => batch.ToFull(written))]);
}
