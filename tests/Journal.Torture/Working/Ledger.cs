using System.Globalization;
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

    public void Recorded(TaskMove move) => Write($"recorded {move.TaskId} {move.Token} {Outcomes[move.Kind]}");

    public void Fenced(TaskMove move) => Write($"fenced {move.TaskId} {move.Token}");

    public void Added(string key) => Write($"added {key}");

    public void BackedUp(string file) => Write($"copy {file}");

    public void Dispose() => _file.Dispose();

    private void Write(FormattableString line)
    {
        var bytes = Encoding.UTF8.GetBytes(line.ToString(CultureInfo.InvariantCulture) + "\n");
        lock (_file) _file.Write(bytes);
    }
}
