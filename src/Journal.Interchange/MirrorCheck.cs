using System.Text;
using Journal.Formats;
using Journal.Interchange.Formats;
using Journal.Interchange.Sources;
using Journal.Storage;
using Journal.Storage.Transfer;

namespace Journal.Interchange;

/// <summary>Finds where the files of a mirror and the journal disagree.</summary>
public static class MirrorCheck
{
    /// <summary>A line for each file that is missing, differs, cannot be read, or shows no task of the journal.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="folder">The mirror.</param>
    /// <param name="yaml">Writes the files as they should be.</param>
    /// <param name="stop">Stops between two files.</param>
    /// <exception cref="JournalException">NotAMirror, ImportFileInvalid (the index is damaged).</exception>
    public static IEnumerable<string> Run(IJournalStore store, string folder, IYamlFormat yaml, CancellationToken stop)
    {
        if (!Directory.Exists(folder)) throw JournalErrors.NotAMirror(folder, "there is no such folder.");
        var index = MirrorIndex.Read(folder, new ImportOptions()) ?? throw JournalErrors.NotAMirror(folder, $"it has no {MirrorIndex.FileName} that Export-Journal wrote.");
        return Compare(store, folder, index, yaml, stop);
    }

    private static IEnumerable<string> Compare(IJournalStore store, string folder, MirrorIndex index, IYamlFormat yaml, CancellationToken stop)
    {
        var files = YamlFolder.Files(folder).ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), static file => file, StringComparer.Ordinal);
        foreach (var mirrored in index.Batches)
        {
            if (store.FindBatch(mirrored.Batch.Id) is not { } batch)
            {
                yield return $"The mirror has batch '{mirrored.Batch.Id}', which the journal has not.";
                continue;
            }

            foreach (var task in FullReader.ReadTasks(store, batch))
            {
                stop.ThrowIfCancellationRequested();
                var plain = MirrorExport.PathOf(task.Task);
                var isPlain = files.Remove(plain, out var path);
                var isPacked = files.Remove(plain + ".gz", out var packed);
                if (isPlain && isPacked) yield return $"'{path}' and '{packed}' show the same task.";
                if ((path ?? packed) is not { } file) yield return $"Task {task.Task.Id} '{task.Task.Key}' of batch '{batch.Id}' has no file: '{plain}' is missing.";
                else if (Difference(file, MirrorExport.TextOf(batch, task, yaml)) is { } difference) yield return $"'{file}' differs from task {task.Task.Id} '{task.Task.Key}' of batch '{batch.Id}': {difference}";
            }
        }

        foreach (var file in files.Values.Order(StringComparer.Ordinal)) yield return $"'{file}' shows no task of the journal.";
    }

    private static string? Difference(string path, string expected)
    {
        string text;
        try
        {
            text = Encoding.UTF8.GetString(SourceFile.Read(path).Content.Span);
        }
        catch (JournalException e)
        {
            return e.Message;
        }

        if (text.ReplaceLineEndings("\n") == expected) return null;
        var there = text.Split('\n');
        var wanted = expected.Split('\n');
        var line = 0;
        while (line < there.Length && line < wanted.Length && there[line].TrimEnd('\r') == wanted[line]) line++;
        return line < wanted.Length ? $"line {line + 1} should be '{Cut(wanted[line])}'." : $"line {line + 1} is too much.";
    }

    private static string Cut(string line) => line.Length <= 80 ? line : string.Concat(line.AsSpan(0, 79), "…");
}
