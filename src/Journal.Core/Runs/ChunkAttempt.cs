namespace Journal.Runs;

/// <summary>How a task of a chunk ended.</summary>
/// <param name="Task">The task.</param>
/// <param name="Result">How.</param>
internal readonly record struct TaskEnd(RunningTask Task, AttemptResult Result);

/// <summary>
/// Tasks that the work gets in one call, from the claim to the end of each: what follows from a call for each task in it, and which call is next.
/// An error of a call for several tasks is nobody's, unless it is that of the whole: the chunk is tried again in parts (<see cref="ChunkSearch{T}"/>), within
/// the same claims, until each bad task has thrown its own error, alone.
/// </summary>
/// <remarks>It decides and calls nothing; not thread-safe.</remarks>
public sealed class ChunkAttempt
{
    /// <summary>The most tasks of a chunk.</summary>
    public const int Most = 10_000;

    private readonly ChunkSearch<RunningTask> _search;
    private RunningTask[] _called = [];

    /// <summary>An attempt at tasks.</summary>
    internal ChunkAttempt(IEnumerable<RunningTask> tasks) => _search = new ChunkSearch<RunningTask>(tasks);

    /// <summary>Refuses a size that cannot be, and stages: tasks of one call would go on to the next stage, and others would not.</summary>
    /// <param name="size">The size; null for no chunks.</param>
    /// <param name="stages">The stages of the batch.</param>
    /// <exception cref="JournalException">InvalidValue.</exception>
    public static void Validate(int? size, JsonList stages)
    {
        if (size is null) return;
        if (size is < 1 or > Most) throw JournalErrors.InvalidValue("-ChunkSize", size, $"a chunk has 1 to {Most} tasks.");
        if (stages.Count > 0) throw JournalErrors.InvalidValue("-ChunkSize", size, "a batch with stages has no chunks, because the tasks of a call need not be in the same stage. Run a batch for each stage.");
    }

    /// <summary>Begins the next call.</summary>
    /// <returns>Its first task, whose <see cref="RunningTask.Chunk"/> are all of them; null when each task has ended.</returns>
    internal RunningTask? Begin()
    {
        // An array, because that is what a script block gets.
        _called = _search.Next().ToArray();
        if (_called.Length == 0) return null;
        _called[0].BeginCall(_called);
        return _called[0];
    }

    /// <summary>What follows from how the call went.</summary>
    /// <param name="result">How.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="isWhole">Whether an error of a call is that of the whole, and none of them is looked for.</param>
    /// <returns>Tasks that have ended, in the order of the inputs.</returns>
    internal IReadOnlyList<TaskEnd> End(AttemptResult result, TimeSpan elapsed, Func<IReadOnlyList<RunningTask>, AttemptResult, bool> isWhole)
    {
        var (called, carrier) = (_called, _called[0].Carrier);
        foreach (var task in called) task.Spent += elapsed / called.Length;
        List<TaskEnd> ends = [];
        switch (result.End)
        {
            case AttemptEnd.Succeeded:
                _search.Succeeded();
                ends.AddRange(called.Select(task => new TaskEnd(task, task == carrier && task.Said is not { End: AttemptEnd.Failed } && result.Output is not null ? result : OwnEnd(task))));
                break;
            case AttemptEnd.Failed:
                var open = called.Where(static task => !task.IsDecided).ToList();
                ends.AddRange(called.Where(static task => task.IsDecided).Select(static task => new TaskEnd(task, OwnEnd(task))));
                var isOfWhole = open.Count > 0 && isWhole(open, result);
                if (!_search.Failed(static task => task.IsDecided) && !isOfWhole) break;
                // The breaker counts calls that failed, and not the tasks of one.
                ends.AddRange(open.Select((task, i) => new TaskEnd(task, i == open.Count - 1 ? result : result with { IsEcho = true })));
                if (isOfWhole) ends.AddRange(GiveUp().Where(end => !open.Contains(end.Task)));
                break;
            default:
                ends.AddRange(GiveUp());
                break;
        }

        // The log is one, and stays with the first of those that are done and with each that failed.
        var hasLog = false;
        foreach (var (task, end) in ends)
        {
            var keepsLog = end.End is AttemptEnd.Failed || !hasLog;
            hasLog |= end.End is not AttemptEnd.Failed;
            if (called.Contains(task)) task.EndCall(keepsLog);
        }

        called[0].EndCall(keepsLog: true);
        return ends;
    }

    /// <summary>The run ends, or what has failed is no matter of the tasks: those of which nothing is known go back, uncounted.</summary>
    internal IReadOnlyList<TaskEnd> GiveUp() => [.. _search.GiveUp().Select(static task => new TaskEnd(task, task.IsDecided ? OwnEnd(task) : AttemptResult.Stopped))];

    private static AttemptResult OwnEnd(RunningTask task) => task.Said ?? AttemptResult.Succeeded();
}
