using System.IO.Enumeration;
using System.Text.Json;
using Journal.Runs;

namespace Journal.Storage;

/// <summary>
/// The files below a directory that a journal knows: outputs, registered temporary files, files that are inputs or are named by an input, a target id or
/// metadata, outputs that are remembered of batches that were removed, and the journal's own.
/// </summary>
public sealed class KnownFiles
{
    private readonly string _root;
    private readonly string _journal;
    private readonly HashSet<string> _files = new(StringComparer.FromComparison(FilePaths.Comparison));
    private readonly Dictionary<string, string?> _folders = new(StringComparer.Ordinal);

    private KnownFiles(string root, string journal) => (_root, _journal) = (root, journal);

    /// <summary>Whether a directory is one in which nothing is ever deleted, see <see cref="ProtectedFolders"/>.</summary>
    public static bool IsProtected(string directory) => RealPath.Of(directory) is not { } real || ProtectedFolders.Covers(real);

    /// <summary>Reads what a journal knows. Memory grows with the number of known files below the directory.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="directory">A full path.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="JournalException">InvalidValue: the directory is not there.</exception>
    public static KnownFiles Read(IJournalStore store, string directory, CancellationToken stop)
    {
        if (!Directory.Exists(directory) || RealPath.Of(directory) is not { } root) throw JournalErrors.InvalidValue("-Directory", directory, $"there is no directory '{directory}'.");
        var known = new KnownFiles(root, JournalLocation.IsPostgres(store.Location) ? "" : JournalLocation.Resolve(store.Location));
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

        known.Add(EarlierRuns.ReadKept(store).SelectMany(static kept => kept.Outputs));
        return known;
    }

    /// <summary>The files below the directory that the journal does not know, as full paths without links. Links are neither followed nor files.</summary>
    /// <param name="recurse">Whether to look into folders of the directory.</param>
    public IEnumerable<string> Unknown(bool recurse)
    {
        var files = new FileSystemEnumerable<string>(_root, static (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = recurse, AttributesToSkip = 0, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return files.Where(file => !_files.Contains(file) && !(_journal.Length > 0 && file.StartsWith(_journal, FilePaths.Comparison)));
    }

    private void Add(IEnumerable<string> paths)
    {
        foreach (var path in paths) Add(path);
    }

    private void Add(string? path)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(path)) return;
        var full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } folder) return;
        if (!_folders.TryGetValue(folder, out var real)) _folders.Add(folder, real = RealPath.Of(folder));
        if (real is null || !real.StartsWith(_root, FilePaths.Comparison)) return;
        _files.Add(Path.Combine(real, Path.GetFileName(full)));
    }

    private void AddNamed(string json)
    {
        // Most hold no path at all.
        if (!json.Contains('/', StringComparison.Ordinal) && !json.Contains('\\', StringComparison.Ordinal)) return;
        try
        {
            using var document = JsonDocument.Parse(json, KeptValues.Deep);
            AddNamed(document.RootElement);
        }
        catch (JsonException)
        {
            // A damaged row is what Test-Journal tells of.
        }
    }

    private void AddNamed(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                Add(element.GetString());
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) AddNamed(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject()) AddNamed(member.Value);
                break;
            default:
                break;
        }
    }
}
