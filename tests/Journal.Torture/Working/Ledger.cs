using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using Journal.Lifecycle;

namespace Journal.Torture.Working;

/// <summary>
/// What a worker was told is recorded, one line each, written at once: a kill does not take it back. What stands here and not in the journal
/// was reported before it was durable.
/// </summary>
internal sealed class Ledger(string path) : IDisposable
{
    // The marks of lines, and the outcome (as a number of the schema) that the attempt must have.
    private static readonly Dictionary<TaskMoveKind, int> Outcomes = new()
    {
        [TaskMoveKind.Complete] = 0, [TaskMoveKind.Advance] = 0, [TaskMoveKind.Fail] = 1, [TaskMoveKind.Retry] = 1,
        [TaskMoveKind.Skip] = 2, [TaskMoveKind.Release] = 3, [TaskMoveKind.Refund] = 6,
    };

    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly MemoryMappedFile _map = MemoryMappedFile.CreateFromFile(path + HeldSuffix, FileMode.Create, null, sizeof(int));
    private MemoryMappedViewAccessor? _held;

    /// <summary>The end of the name of the file that says how many tasks the worker is at.</summary>
    public const string HeldSuffix = ".held";

    /// <summary>Which file the worker has open: into it go its reports.</summary>
    public void Opened(string identity) => Write($"file {identity}");

    public void Recorded(TaskMove move) => Write($"recorded {move.TaskId} {move.Token} {Outcomes[move.Kind]}");

    public void Fenced(TaskMove move) => Write($"fenced {move.TaskId} {move.Token}");

    public void Added(string key) => Write($"added {key}");

    public void BackedUp(string file) => Write($"copy {file}");

    /// <summary>Begins or ends work on so many tasks that it has claimed. It costs no call of the system, so that it is true when a signal comes.</summary>
    public void Hold(int change)
    {
        lock (_map)
        {
            _held ??= _map.CreateViewAccessor();
            _held.Write(0, _held.ReadInt32(0) + change);
        }
    }

    /// <summary>How many tasks the worker of a ledger is at, as far as it knows itself.</summary>
    public static int HeldBy(string path)
    {
        try
        {
            return File.ReadAllBytes(path + HeldSuffix) is { Length: sizeof(int) } bytes ? BitConverter.ToInt32(bytes) : 0;
        }
        catch (FileNotFoundException)
        {
            // It has not begun.
            return 0;
        }
    }

    /// <summary>Makes the files of a ledger for a worker of any user.</summary>
    public static void OpenToAll(string path)
    {
        foreach (var file in new[] { path, path + HeldSuffix })
        {
            using var made = new FileStream(file, FileMode.Create);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(made.SafeFileHandle, (UnixFileMode)0b110_110_110);
        }
    }

    public void Dispose()
    {
        _held?.Dispose();
        _map.Dispose();
        _file.Dispose();
    }

    private void Write(FormattableString line)
    {
        var bytes = Encoding.UTF8.GetBytes(line.ToString(CultureInfo.InvariantCulture) + "\n");
        lock (_file) _file.Write(bytes);
    }
}
