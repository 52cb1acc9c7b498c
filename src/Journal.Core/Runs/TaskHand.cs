using Journal.Lifecycle;

namespace Journal.Runs;

/// <summary>
/// The tasks that a worker holds: those that are ready, in the order in which they will run, and those that run. It is the board's, and called
/// under the board's lock alone.
/// </summary>
/// <param name="options">How a crash is counted against the tasks that are held.</param>
/// <param name="chunkSize">How many run in one call at most; null where each has its own.</param>
internal sealed class TaskHand(BatchOptions options, int? chunkSize = null)
{
    private readonly LinkedList<JournalTask> _ready = new();
    private readonly Dictionary<long, RunningTask> _running = [];
    private int _crashes;

    /// <summary>The policy, which may change while the run goes on.</summary>
    public BatchOptions Options { get; set; } = options;

    // Where one crash fails a task, none is held that has not begun: it would fail for what another one did. Where starts are limited, a claim is a start.
    private bool HoldsNoneAhead => Options.OnCrash is CrashAction.Fail || Options.CrashLimit <= 1 || Options.NeedsPaceLock;

    /// <summary>How many are ready.</summary>
    public int Ready => _ready.Count;

    /// <summary>How many run.</summary>
    public int Running => _running.Count;

    /// <summary>Those that run.</summary>
    public IReadOnlyCollection<RunningTask> RunningTasks => _running.Values;

    /// <summary>Whether the batch is held back: none that is ready runs, and they go back.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The one that runs next; null where none may.</summary>
    public JournalTask? Next => IsHeld ? null : _ready.First?.Value;

    /// <summary>The one that runs last of those that are ready; it leaves its list when it is no longer ready.</summary>
    public LinkedListNode<JournalTask>? Last => _ready.Last;

    /// <summary>The key of one that runs.</summary>
    public string? Current => _running.Count > 0 ? _running.Values.First().Key : null;

    /// <summary>How many more to claim.</summary>
    /// <param name="degree">How many run at once.</param>
    /// <param name="meanSeconds">How long one takes; null when nothing is known yet.</param>
    public int Wanted(int degree, double? meanSeconds)
    {
        var chunk = chunkSize ?? 1;
        // A task that its worker died with runs without others ahead: should it kill again, none of them is accused. And where a call takes many, without others
        // beside the last of them that can bear a crash.
        var target = _crashes > 0 ? chunkSize is not null && IsLastLife(_crashes) ? 1 : degree * Together(_crashes)
            : HoldsNoneAhead ? degree * chunk
            : (degree * (chunk - 1)) + ClaimAhead.Target(degree, meanSeconds);
        return Math.Max(0, target - _ready.Count - _running.Count);
    }

    private bool IsLastLife(int crashes) => crashes >= Options.CrashLimit - 1;

    private int Together(int crashes) => ClaimRules.Together(chunkSize ?? 1, crashes, Options.CrashLimit);

    /// <summary>How many of those that are ready run in the next call.</summary>
    /// <remarks>Tasks that failed before are apart from those that did not: where one of them fails again, these need not be called again for it.</remarks>
    private int InNextChunk
    {
        get
        {
            if (_ready.First is not { } first) return 0;
            var (most, count) = (Together(first.Value.Crashes), 0);
            for (var at = first; at is not null && count < most && at.Value.Crashes == first.Value.Crashes && at.Value.Attempts > 1 == first.Value.Attempts > 1; at = at.Next) count++;
            return count;
        }
    }

    /// <summary>Whether the next call has room for more tasks, should there be more.</summary>
    public bool IsShort => chunkSize is { } most && _ready.First?.Value.Crashes == 0 && InNextChunk == _ready.Count && _ready.Count < most;

    /// <summary>Takes in what an exchange brought.</summary>
    /// <param name="advanced">Tasks that go on to their next stage, which run before others start: a task that is half done is worth more done.</param>
    /// <param name="claimed">Tasks that were claimed.</param>
    public void Add(IEnumerable<JournalTask> advanced, IEnumerable<JournalTask> claimed)
    {
        foreach (var task in advanced) _ready.AddFirst(task);
        foreach (var task in claimed) _ready.AddLast(task);
        _crashes = 0;
        foreach (var task in _ready) _crashes = Math.Max(_crashes, task.Crashes);
        foreach (var task in _running.Values) _crashes = Math.Max(_crashes, task.Crashes);
    }

    /// <summary>The next one runs now, or the next chunk.</summary>
    /// <param name="begin">Makes of a task one that runs.</param>
    /// <param name="mayStart">Whether one more may.</param>
    /// <returns>The task, or the first of its chunk.</returns>
    public RunningTask Start(Func<JournalTask, RunningTask> begin, Func<bool> mayStart)
    {
        if (chunkSize is null) return Start(begin);
        var left = InNextChunk;
        var chunk = new List<RunningTask>(left);
        do chunk.Add(Start(begin)); while (--left > 0 && mayStart());
        chunk[0].BeginCall(chunk);
        return chunk[0];
    }

    private RunningTask Start(Func<JournalTask, RunningTask> begin)
    {
        var task = begin(_ready.First!.Value);
        _ready.RemoveFirst();
        return _running[task.Id] = task;
    }

    /// <summary>Whether a task runs.</summary>
    public bool IsRunning(RunningTask task) => _running.TryGetValue(task.Id, out var running) && running == task;

    /// <summary>One has ended.</summary>
    /// <returns>False when it was given up before.</returns>
    public bool End(long taskId)
    {
        if (!_running.Remove(taskId)) return false;
        if (_running.Count == 0 && _ready.Count == 0) _crashes = 0;
        return true;
    }

    /// <summary>Gives back those that are ready.</summary>
    public IEnumerable<TaskMove> GiveBack()
    {
        var moves = _ready.Select(static task => TaskMove.Release(task.Id, task.Token, "Claimed ahead and not started.")).ToList();
        _ready.Clear();
        return moves;
    }

    /// <summary>Gives up those that run.</summary>
    public IEnumerable<TaskMove> GiveUp()
    {
        var moves = _running.Values.Select(static task => TaskMove.Release(task.Id, task.Task.Token, "The process was told to end.", task.ToReport(null))).ToList();
        _running.Clear();
        return moves;
    }

    /// <summary>The newest lease of each task that is ready.</summary>
    public Dictionary<long, long> Leases() => _ready.ToDictionary(static task => task.Id, static task => task.Token);
}

/// <summary>How many tasks a worker should hold beyond those it runs: many when they are short, so that one commit serves many; none when they are long, so that no other worker waits for them.</summary>
public static class ClaimAhead
{
    /// <summary>The most that is ever held ahead.</summary>
    public const int Limit = 256;

    /// <summary>Other workers find work again within this time, whatever we hold.</summary>
    public static readonly TimeSpan WorkAhead = TimeSpan.FromMilliseconds(20);

    /// <summary>How many tasks to hold in all.</summary>
    /// <param name="degree">How many run at once.</param>
    /// <param name="meanSeconds">How long one takes; null when nothing is known yet.</param>
    public static int Target(int degree, double? meanSeconds)
    {
        if (meanSeconds is not { } mean) return degree;
        var ahead = mean <= 0 ? Limit : WorkAhead.TotalSeconds * degree / mean;
        return degree + (int)Math.Min(Limit, ahead);
    }
}
