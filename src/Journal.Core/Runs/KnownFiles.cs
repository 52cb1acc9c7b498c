using System.IO.Enumeration;
using System.Text.Json;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>
/// The files below a directory that a journal knows: outputs, registered temporary files, files that are inputs or are named by an input, a target id or
/// metadata, inputs and outputs that are remembered of batches that were removed, and the journal's own.
/// </summary>
public sealed class KnownFiles
{
    private readonly string _root;
    private readonly string _journal;
    private readonly DateTimeOffset _readAt;
    private readonly HashSet<string> _files = new(FilePaths.Comparer);

    // Paths whose folder nobody wrote down, such as lines of a list: every file that ends with one is known.
    private readonly HashSet<string> _endings = new(FilePaths.Comparer);
    private readonly Dictionary<string, string?> _folders = new(StringComparer.Ordinal);

    private KnownFiles(string root, string journal, DateTimeOffset readAt) => (_root, _journal, _readAt) = (root, journal, readAt);

    /// <summary>Whether a directory is one in which nothing is ever deleted, see <see cref="ProtectedFolders"/>.</summary>
    public static bool IsProtected(string directory) => RealPath.Of(directory) is not { } real || ProtectedFolders.Covers(real);

    /// <summary>Reads what a journal knows. Memory grows with the number of known files below the directory.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="directory">A full path.</param>
    /// <param name="time">The clock of the files.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="JournalException">InvalidValue: the directory is not there.</exception>
    public static KnownFiles Read(IJournalStore store, string directory, TimeProvider time, CancellationToken stop)
    {
        if (!Directory.Exists(directory) || RealPath.Of(directory) is not { } root) throw JournalErrors.InvalidValue("-Directory", directory, $"there is no directory '{directory}'.");
        var known = new KnownFiles(root, JournalLocation.IsPostgres(store.Location) ? "" : JournalLocation.Resolve(store.Location), time.GetUtcNow());
        // Before the tasks: a task that ends meanwhile has its files as outputs.
        foreach (var task in store.ReadInFlight(null)) known.Add(store.ReadTempFiles(task.TaskId));
        foreach (var task in store.ReadTasks(TaskQuery.All))
        {
            stop.ThrowIfCancellationRequested();
            known.Add(task.Outputs);
            known.Add(task.Key);
            known.Add(task.TargetId);
            known.AddNamed(task.Metadata.ToString());
            if (task.StoredInput.Kind is TaskInputKind.Json) known.AddNamed(task.StoredInput.Text);
            else known.Add(task.StoredInput.Text);
        }

        foreach (var kept in EarlierRuns.ReadKept(store))
        {
            known.Add(kept.Outputs);
            known.Add(kept.Files);
            known.Add(kept.Key);
        }

        return known;
    }

    /// <summary>
    /// The files below the directory that the journal does not know, as full paths without links. Links are neither followed nor files. A file that was
    /// written since the journal was read is left out: the task that wrote it may have begun after that.
    /// </summary>
    /// <param name="recurse">Whether to look into folders of the directory.</param>
    public IEnumerable<string> Unknown(bool recurse)
    {
        var files = new FileSystemEnumerable<string>(_root, static (ref entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = recurse, AttributesToSkip = 0, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && entry.LastWriteTimeUtc < _readAt.UtcDateTime,
            ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return files.Where(file => !IsKnown(file) && !IsOfTheJournal(file) && !EndsAsKnown(file));
    }

    // A directory that is known, such as one that a task made, is known with all that is in it.
    private bool IsKnown(string file)
    {
        for (var at = file; at is not null && at.Length > _root.Length; at = Path.GetDirectoryName(at))
        {
            if (_files.Contains(at)) return true;
        }

        return false;
    }

    // The journal, and what stands beside it under its name: its log, its locks, copies that were set aside.
    private bool IsOfTheJournal(string file) =>
        _journal.Length > 0 && file.StartsWith(_journal, FilePaths.Comparison) && (file.Length == _journal.Length || file[_journal.Length] is '-' or '.');

    private bool EndsAsKnown(string file)
    {
        if (_endings.Count == 0) return false;
        for (var at = file.LastIndexOf(Path.DirectorySeparatorChar); at >= 0; at = at == 0 ? -1 : file.LastIndexOf(Path.DirectorySeparatorChar, at - 1))
        {
            if (_endings.GetAlternateLookup<ReadOnlySpan<char>>().Contains(file.AsSpan(at + 1))) return true;
        }

        return false;
    }

    private void Add(IEnumerable<string> paths)
    {
        foreach (var path in paths) Add(path);
    }

    private void Add(string? path)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal)) return;
        if (path.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(path, UriKind.Absolute, out var address)) path = address.LocalPath;
        if (!Path.IsPathFullyQualified(path))
        {
            AddEnding(path);
            return;
        }

        var full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } folder) return;
        if (!_folders.TryGetValue(folder, out var real)) _folders.Add(folder, real = RealPath.Of(folder));
        if (real is null) return;
        var file = Path.Combine(real, Path.GetFileName(full));
        // A link is known with what it leads to, wherever it lies itself.
        foreach (var known in new[] { file, RealPath.Of(file) })
        {
            if (known is not null && FilePaths.IsWithin(known, _root)) _files.Add(known);
        }
    }

    private void AddEnding(string path)
    {
        // What stands for the folder that nobody wrote down goes: ~, and steps up and to the same place. Windows takes both separators, and imported paths have either.
        var parts = path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        var first = Array.FindLastIndex(parts, static part => part is "." or ".." or "~") + 1;
        if (first < parts.Length) _endings.Add(string.Join(Path.DirectorySeparatorChar, parts[first..]));
    }

    private void AddNamed(string json) => Add(TextsIn(json));

    /// <summary>The texts in a JSON value, any of which may name a file; none where it is damaged, which is what Test-Journal tells of.</summary>
    internal static IReadOnlyList<string> TextsIn(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, KeptValues.Deep);
            return [.. TextsIn(document.RootElement)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static IEnumerable<string> TextsIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(TextsIn),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member => TextsIn(member.Value)),
        _ => [],
    };
}
