using Journal.Formats;
using Journal.Interchange.Formats;
using Journal.Interchange.Sources;
using Journal.Runs;
using Journal.Storage;
using Journal.Storage.Transfer;

namespace Journal.Interchange;

/// <summary>The formats that are written.</summary>
public enum ExportFormat : long
{
    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>JSON Lines: a line for each batch and task.</summary>
    Jsonl,

    /// <summary>A table of tasks; attempts, events and checkpoints do not fit into it.</summary>
    Csv,

    /// <summary>A folder with a YAML file for each task.</summary>
    Yaml,
}

/// <summary>Writes batches as one file that <see cref="ImportReader"/> reads again. Tasks are streamed.</summary>
public static class JournalExport
{
    /// <summary>Writes the file.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batches">Which batches, in this order.</param>
    /// <param name="format">Any but Yaml.</param>
    /// <param name="path">A full path.</param>
    /// <param name="replace">Whether a file that is there may be replaced.</param>
    /// <param name="stop">Leaves no file behind.</param>
    /// <param name="memory">What the journal remembers of batches that were removed, see <see cref="EarlierRuns.ReadMemory"/>; a table has no place for it.</param>
    /// <returns>How many tasks were written.</returns>
    /// <exception cref="JournalException">ExportFileExists, ExportFailed.</exception>
    public static long Write(IJournalStore store, IReadOnlyList<JournalBatch> batches, ExportFormat format, string path, bool replace, CancellationToken stop, IReadOnlyList<JournalCheckpoint>? memory = null)
    {
        long count = 0;
        AtomicFile.WriteText(path, replace, writer => count = Write(store, batches, format, writer, stop, memory));
        return count;
    }

    /// <summary>Writes the same to a writer.</summary>
    public static long Write(IJournalStore store, IReadOnlyList<JournalBatch> batches, ExportFormat format, TextWriter writer, CancellationToken stop, IReadOnlyList<JournalCheckpoint>? memory = null)
    {
        var tally = new Tally(stop);
        switch (format)
        {
            case ExportFormat.Json: WriteJson(store, batches, writer, tally, memory ?? []); break;
            case ExportFormat.Jsonl: WriteLines(store, batches, writer, tally, memory ?? []); break;
            case ExportFormat.Csv: WriteTable(store, batches, writer, tally); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "A folder is no file.");
        }

        return tally.Count;
    }

    // A line for each task, so that a mistake that somebody edits into it is found by its line.
    private static void WriteJson(IJournalStore store, IReadOnlyList<JournalBatch> batches, TextWriter writer, Tally tally, IReadOnlyList<JournalCheckpoint> memory)
    {
        writer.Write($"{{\"format\":\"{OwnJson.Mark}\",\"version\":{OwnJson.Version},\"batches\":[");
        for (var i = 0; i < batches.Count; i++)
        {
            writer.Write(i == 0 ? "\n" : ",\n");
            // The batch's object without its closing brace.
            writer.Write(OwnBatch.Write(FullReader.ReadBatch(store, batches[i])).ToString().AsSpan()[..^1]);
            writer.Write(",\"tasks\":[");
            var separator = "\n";
            foreach (var task in tally.Over(FullReader.ReadTasks(store, batches[i])))
            {
                writer.Write(separator);
                writer.Write(OwnTask.Write(task).ToString());
                separator = ",\n";
            }

            writer.Write("]}");
        }

        writer.Write(']');
        if (memory.Count > 0) writer.Write($",\"{OwnMemory.Member}\":[\n{string.Join(",\n", memory.Select(OwnMemory.Write))}]");
        writer.Write("}\n");
    }

    private static void WriteLines(IJournalStore store, IReadOnlyList<JournalBatch> batches, TextWriter writer, Tally tally, IReadOnlyList<JournalCheckpoint> memory)
    {
        writer.Write(OwnJson.Head().ToString());
        writer.Write('\n');
        foreach (var batch in batches)
        {
            WriteLine(writer, "batch", OwnBatch.Write(FullReader.ReadBatch(store, batch)));
            foreach (var task in tally.Over(FullReader.ReadTasks(store, batch))) WriteLine(writer, "task", OwnTask.Write(task));
        }

        // In the last line, and not in one of its own: a release before this one reads the file all the same.
        WriteLine(writer, "end", new NodeBuilder().Put("tasks", Node.Of(tally.Count)).AddList(OwnMemory.Member, memory.Select(OwnMemory.Write)).ToNode());
    }

    private static void WriteTable(IJournalStore store, IReadOnlyList<JournalBatch> batches, TextWriter writer, Tally tally)
    {
        writer.Write(OwnTable.HeaderLine);
        writer.Write('\n');
        foreach (var batch in batches)
        {
            foreach (var task in tally.Over(store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] })))
            {
                writer.Write(OwnTable.Row(batch, task));
                writer.Write('\n');
            }
        }
    }

    private static void WriteLine(TextWriter writer, string type, Node node)
    {
        writer.Write(Node.Map([new("type", Node.Of(type)), .. node.Members]).ToString());
        writer.Write('\n');
    }

    private sealed class Tally(CancellationToken stop)
    {
        public long Count { get; private set; }

        public IEnumerable<T> Over<T>(IEnumerable<T> items)
        {
            foreach (var item in items)
            {
                stop.ThrowIfCancellationRequested();
                yield return item;
                Count++;
            }
        }
    }
}
