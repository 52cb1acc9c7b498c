using Journal.Interchange.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange;

/// <summary>Reads a file or a folder of whatever format: it is recognised by its content.</summary>
/// <param name="yaml">Gives the reader of YAML, when first needed.</param>
public sealed class ImportReader(Func<IYamlFormat> yaml)
{
    /// <summary>Reads all of it, so that a mistake on its last line is found before anything is imported.</summary>
    /// <param name="path">The full path of a file, or of a folder of YAML files.</param>
    /// <param name="options">How.</param>
    /// <exception cref="JournalException">InputFileNotFound, InputFileUnreadable, ImportFileInvalid, ImportFormatUnknown, ImportFileEmpty.</exception>
    public ImportedFile Read(string path, ImportOptions options)
    {
        if (Directory.Exists(path)) return Folder(path).Read(path, options);
        var written = File.Exists(path) ? new DateTimeOffset(File.GetLastWriteTimeUtc(path)) : default;
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
        var read = begins[0] is (byte)'{' or (byte)'['
            ? ReadJson(file, options, written)
            : ReadText(file, options, written);
        return read.Batches.All(static batch => !batch.Tasks.Any()) && read.Format > ImportFormat.Yaml ? throw JournalErrors.ImportFileEmpty(file.Path) : read;
    }

    private static ImportedFile ReadJson(SourceFile file, ImportOptions options, DateTimeOffset written)
    {
        if (IsLines(file, options)) return new ImportedFile(file.Path, ImportFormat.Jsonl, OwnJson.ReadLines(file, options));
        var root = JsonText.Parse(file, file.Content.Span);
        if (root.Kind is NodeKind.List) return ReadList(file, root, options, written);
        var top = new Fields(root, file, options.NaiveTimes);
        if (OwnJson.LooksLikeOwn(top)) return new ImportedFile(file.Path, ImportFormat.Json, OwnJson.ReadObject(top, file));
        if (top.Text("format") == MirrorIndex.Mark) throw JournalErrors.ImportFormatUnknown(file.Path, "it is the index of a mirror; import the folder that it lies in.");
        if (top.Has("batches", "tasks")) return Foreign(file, ImportFormat.BatchJournal, new BatchJournal(file, options).Read(root), written);
        if (ProcessingState.LooksLikeState(top)) return Foreign(file, ImportFormat.ProcessingState, [new ProcessingState(file, options).Read(root)], written);
        throw JournalErrors.ImportFormatUnknown(file.Path, "it is a JSON object without batches, tasks, files or entries with a status.");
    }

    private static ImportedFile ReadList(SourceFile file, Node root, ImportOptions options, DateTimeOffset written)
    {
        if (root.Items.Count == 0) throw JournalErrors.ImportFileEmpty(file.Path);
        var first = new Fields(root.Items[0], file, options.NaiveTimes);
        // The likelier one first: a task of a journal tells a status, a record of a log tells a success.
        if (BatchJournal.LooksLikeTask(first)) return Foreign(file, ImportFormat.BatchJournal, new BatchJournal(file, options).Read(root), written);
        if (JobLog.LooksLikeRecord(first)) return Foreign(file, ImportFormat.JobLog, [new JobLog(file, options).Read(root.Items)], written);
        throw JournalErrors.ImportFormatUnknown(file.Path, "it is a JSON array, but its first item is neither a task with a status nor a record of a job.");
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

    // A head of its own on the first line; an object that goes on over lines is not one.
    private static bool IsLines(SourceFile file, ImportOptions options)
    {
        var end = file.Content.Span.IndexOf((byte)'\n');
        if (end < 0) return false;
        var line = file.Content[..end].Span.Trim(" \t\r"u8);
        if (line is not [(byte)'{', .., (byte)'}']) return false;
        try
        {
            var head = new Fields(JsonText.Parse(file, line), file, options.NaiveTimes);
            return OwnJson.LooksLikeOwn(head) && !head.Has("batches");
        }
        catch (JournalException)
        {
            // Not an object of its own: the file as a whole tells what is wrong.
            return false;
        }
    }

    private YamlFolder Folder(string path) => new(path, yaml());

    private static ImportedFile Foreign(SourceFile file, ImportFormat format, IReadOnlyList<SourceBatch> batches, DateTimeOffset written) =>
        new(file.Path, format, [.. batches.Where(static batch => batch.Tasks.Count > 0 || batch.SourceId is not null).Select(batch => batch.ToWhole(written))]);
}
