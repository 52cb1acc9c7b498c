using Journal.Storage;

namespace Journal.Statistics;

/// <summary>A file that a completed task recorded.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Key">The key of the task.</param>
/// <param name="Size">Its bytes; null where it is gone, or was not looked at.</param>
/// <param name="IsMissing">It was looked for and is gone.</param>
public sealed record OutputFile(string Path, string Key, long? Size, bool IsMissing);

/// <summary>The files that completed tasks recorded.</summary>
/// <param name="Recorded">How many.</param>
/// <param name="Missing">How many of them are gone; null where nobody looked.</param>
/// <param name="Bytes">The size of those that are there; null where nobody looked.</param>
/// <param name="Shared">How many files more than one task recorded: the later one may have written over the earlier.</param>
/// <param name="Files">Some of them: the missing ones first, each kind in the order of the tasks.</param>
public sealed record OutputTally(long Recorded, long? Missing, long? Bytes, long Shared, IReadOnlyList<OutputFile> Files)
{
    /// <summary>No files.</summary>
    public static OutputTally None { get; } = new(0, null, null, 0, []);

    /// <summary>Counts the files of the completed tasks of a scope.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="scope">Which tasks.</param>
    /// <param name="sizeOf">Tells a file's size, null where it is gone; null to leave the files alone. See <see cref="OnDisk"/>.</param>
    /// <param name="listed">How many files to list.</param>
    public static OutputTally Read(IJournalStore store, TaskQuery scope, Func<string, long?>? sizeOf, int listed)
    {
        long recorded = 0, missing = 0, bytes = 0;
        var (gone, there) = (new List<OutputFile>(), new List<OutputFile>());
        var clashes = new ResultClash.Finder(true, FilePaths.Comparer);
        foreach (var task in store.ReadTasks(scope with { Statuses = [JournalTaskStatus.Completed], OrderBy = TaskOrder.Id }))
        {
            foreach (var path in task.Outputs)
            {
                recorded++;
                clashes.Add(path, task.Key);
                var size = sizeOf?.Invoke(path);
                var isMissing = sizeOf is not null && size is null;
                if (isMissing) missing++;
                bytes += size ?? 0;
                var list = isMissing ? gone : there;
                if (list.Count < listed) list.Add(new OutputFile(path, task.Key, size, isMissing));
            }
        }

        return new OutputTally(recorded, sizeOf is null ? null : missing, sizeOf is null ? null : bytes, clashes.Found?.Count ?? 0, [.. gone.Concat(there).Take(listed)]);
    }

    /// <summary>The size of a file on this machine; 0 for a directory, null where there is neither.</summary>
    public static long? OnDisk(string path) =>
        new FileInfo(path) is { Exists: true } file ? file.Length : Directory.Exists(path) ? 0 : null;
}
