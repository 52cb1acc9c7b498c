using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Interchange.Formats;

/// <summary>
/// The index of a mirror (a folder of YAML files): its batches, and for each task the file and the task's last change that the file shows. By it
/// the next export knows what it need not write again.
/// </summary>
internal sealed class MirrorIndex
{
    /// <summary>What it is called.</summary>
    public const string FileName = "index.json";

    /// <summary>What its member <c>format</c> says.</summary>
    public const string Mark = "JournalMirror";

    private readonly Dictionary<(string BatchId, string Key), MirrorFile> _files = [];

    /// <summary>The batches, without their tasks.</summary>
    public IReadOnlyList<FullBatch> Batches { get; set; } = [];

    /// <summary>What the journal remembers of batches that were removed.</summary>
    public IReadOnlyList<JournalCheckpoint> Memory { get; set; } = [];

    /// <summary>The files, by the task that each shows.</summary>
    public IReadOnlyDictionary<(string BatchId, string Key), MirrorFile> Files => _files;

    /// <summary>Notes the file of a task.</summary>
    public void Set(string batchId, string key, MirrorFile file) => _files[(batchId, key)] = file;

    /// <summary>The index of a folder; null where there is none, or one of somebody else's.</summary>
    /// <exception cref="JournalException">ImportFileInvalid, InputFileUnreadable.</exception>
    public static MirrorIndex? Read(string folder, ImportOptions options)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        var file = SourceFile.Read(path);
        var root = JsonText.Parse(file, file.Content.Span);
        if (root.Kind is not NodeKind.Map) return null;
        var top = new Fields(root, file, options.NaiveTimes);
        if (top.Text("format") != Mark) return null;
        OwnJson.CheckVersion(top);
        var index = new MirrorIndex { Batches = [.. top.Items("batches").Select(node => OwnBatch.Read(top.In(node), folder))], Memory = OwnMemory.Read(top) };
        foreach (var node in top.Items("files"))
        {
            var fields = top.In(node);
            index.Set(
                fields.Require("batch of a file", "batchid"), OwnTask.Verbatim(fields, "key") ?? throw fields.Wrong("A file has no key."),
                new MirrorFile(fields.Require("path of a file", "path"), fields.Time("updatedat") ?? default));
        }

        return index;
    }

    /// <summary>The JSON text: a line for each batch and file, so that versions of it can be compared.</summary>
    public void Write(TextWriter writer)
    {
        writer.Write($"{{\"format\":\"{Mark}\",\"version\":{OwnJson.Version},\n\"batches\":[");
        WriteLines(writer, Batches.Select(OwnBatch.Write));
        if (Memory.Count > 0)
        {
            writer.Write($"],\n\"{OwnMemory.Member}\":[");
            WriteLines(writer, Memory.Select(OwnMemory.Write));
        }

        writer.Write("],\n\"files\":[");
        WriteLines(writer, _files.OrderBy(static entry => entry.Value.Path, StringComparer.Ordinal).Select(static entry => new NodeBuilder()
            .Add("path", entry.Value.Path).Add("batchId", entry.Key.BatchId).Add("key", entry.Key.Key).Add("updatedAt", entry.Value.UpdatedAt).ToNode()));
        writer.Write("]}\n");
    }

    private static void WriteLines(TextWriter writer, IEnumerable<Node> nodes)
    {
        var separator = "\n";
        foreach (var node in nodes)
        {
            writer.Write(separator);
            writer.Write(node.ToString());
            separator = ",\n";
        }
    }
}

/// <summary>A file of a mirror.</summary>
/// <param name="Path">In the mirror's folder, with slashes.</param>
/// <param name="UpdatedAt">The last change of the task that it shows.</param>
internal sealed record MirrorFile(string Path, DateTimeOffset UpdatedAt);
