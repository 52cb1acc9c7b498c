using System.Globalization;
using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Interchange.Formats;

/// <summary>This module's JSON (one object) and JSON Lines (a head, a line for each batch and task, and an end that tells a cut file).</summary>
internal static class OwnJson
{
    /// <summary>The version of the format that is written; later ones are refused.</summary>
    public const int Version = 1;

    /// <summary>What the member <c>format</c> says.</summary>
    public const string Mark = "Journal";

    /// <summary>The first members of every file.</summary>
    public static Node Head() => new NodeBuilder().Add("format", Mark).Add("version", Version, 0).ToNode();

    /// <summary>Whether an object is the whole, or the head, of such a file.</summary>
    public static bool LooksLikeOwn(Fields top) => top.Text("format") == Mark;

    /// <summary>A JSON object.</summary>
    public static ImportedFile ReadObject(Fields top, SourceFile file)
    {
        CheckVersion(top);
        return new ImportedFile(file.Path, ImportFormat.Json, [.. top.Items("batches").Select(node =>
        {
            var fields = top.In(node);
            var keys = new HashSet<string>(StringComparer.Ordinal);
            var batch = OwnBatch.Read(fields, file.Path);
            return batch with { Tasks = [.. fields.Items("tasks").Select(task => ReadTask(fields.In(task), batch.Batch.Id, keys))] };
        })])
        {
            Memory = OwnMemory.Read(top),
        };
    }

    /// <summary>JSON Lines.</summary>
    public static ImportedFile ReadLines(SourceFile file, ImportOptions options)
    {
        var batches = new List<(FullBatch Batch, List<FullTask> Tasks)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyList<JournalCheckpoint> memory = [];
        var line = 0;
        var ended = false;
        for (var rest = file.Content; !rest.IsEmpty;)
        {
            line++;
            var end = rest.Span.IndexOf((byte)'\n');
            var text = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (text.Span.Trim(" \t\r"u8).IsEmpty) continue;
            if (ended) throw file.Wrong(line, "There is more after the end.");
            var fields = new Fields(JsonText.Parse(file, text.Span, line), file, options.NaiveTimes);
            switch (fields.Text("type"))
            {
                case null when line == 1:
                    CheckVersion(fields);
                    break;
                case "batch":
                    batches.Add((OwnBatch.Read(fields, file.Path), []));
                    keys.Clear();
                    break;
                case "task" when batches.Count > 0:
                    batches[^1].Tasks.Add(ReadTask(fields, batches[^1].Batch.Batch.Id, keys));
                    break;
                case "end":
                    ended = true;
                    memory = OwnMemory.Read(fields);
                    var count = batches.Sum(static batch => batch.Tasks.Count);
                    if (fields.Whole("tasks") is { } told && told != count) throw file.Wrong(line, $"There are {count} tasks, but the end tells of {told}: lines are missing.");
                    break;
                default:
                    throw file.Wrong(line, "This is neither a batch, nor a task of one, nor the end.");
            }
        }

        if (!ended) throw file.Wrong(line, "The end is missing: the file is cut.");
        return new ImportedFile(file.Path, ImportFormat.Jsonl, batches.ConvertAll(static batch => batch.Batch with { Tasks = batch.Tasks })) { Memory = memory };
    }

    /// <summary>Refuses what a later version wrote.</summary>
    public static void CheckVersion(Fields top)
    {
        if (top.Whole("version") is { } version && version > Version)
        {
            throw top.Wrong(string.Create(CultureInfo.InvariantCulture, $"The format has version {version}; this version of the module knows up to {Version}. Update the module."));
        }
    }

    private static FullTask ReadTask(Fields fields, string batchId, HashSet<string> keys)
    {
        var task = OwnTask.Read(fields, batchId);
        return keys.Add(task.Task.Key) ? task : throw fields.Wrong($"The key '{task.Task.Key}' comes twice.");
    }
}
