namespace Journal.Storage;

/// <summary>
/// Deletes the temporary files that tasks registered: files only, and only those that really lie in the batch's work directory, whatever
/// <c>..</c> or links their paths go through.
/// </summary>
public static class WorkFiles
{
    /// <summary>Deletes what may be deleted.</summary>
    /// <param name="paths">Full paths.</param>
    /// <param name="workDirectory">The batch's work directory; null: nothing may be deleted.</param>
    /// <returns>What became of each file, in their order. A file that is not there counts as deleted: somebody else cleaned up.</returns>
    public static IReadOnlyList<WorkFileResult> Delete(IEnumerable<string> paths, string? workDirectory)
    {
        // Also where it stands as text that is no path, or as one that depends on where somebody happens to be.
        var root = workDirectory is null || workDirectory.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(workDirectory) ? null : RealPath.Of(Path.GetFullPath(workDirectory));
        // The directory stands in the journal, which somebody else may have written.
        if (root is not null && ProtectedFolders.Covers(root)) return [.. paths.Select(path => new WorkFileResult(path, false, $"'{root}' is too much to be a work directory"))];
        return [.. paths.Select(path => Delete(path, root))];
    }

    private static WorkFileResult Delete(string path, string? root)
    {
        if (root is null) return new WorkFileResult(path, false, "the batch has no work directory");
        try
        {
            var full = Path.GetFullPath(path);
            var directory = Path.GetDirectoryName(full);
            // The directory is followed through its links; the file itself is not, since deleting a link leaves what it points to.
            if (directory is null || RealPath.Of(directory) is not { } real || !FilePaths.IsWithin(real, root)) return new WorkFileResult(path, false, "it lies outside the batch's work directory");
            var file = Path.Combine(real, Path.GetFileName(full));
            if (Directory.Exists(file)) return new WorkFileResult(path, false, "it is a directory");
            File.Delete(file);
            return new WorkFileResult(path, true, null);
        }
        catch (DirectoryNotFoundException)
        {
            return new WorkFileResult(path, true, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new WorkFileResult(path, false, e.Message);
        }
    }
}

/// <summary>What became of a temporary file.</summary>
/// <param name="Path">The file, as it was registered.</param>
/// <param name="Deleted">Whether it is gone.</param>
/// <param name="Reason">Why it was left.</param>
public readonly record struct WorkFileResult(string Path, bool Deleted, string? Reason);
