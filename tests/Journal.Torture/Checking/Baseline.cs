namespace Journal.Torture.Checking;

/// <summary>
/// Where a journal stood at one moment, for histories that are not whole before it: a repair can save a task and not the story of how it got
/// there. From here on everything is told again.
/// </summary>
internal sealed class Baseline
{
    private readonly Dictionary<long, (long Status, long Token, long Attempts, long Crashes, long Stage)> _tasks = [];
    private readonly Dictionary<long, long> _batches = [];

    private Baseline()
    {
    }

    /// <summary>The beginning of all things.</summary>
    public static Baseline Blank { get; } = new();

    public long LastEvent { get; private init; }

    /// <summary>How many attempts had ended.</summary>
    public long Attempts { get; private init; }

    public static Baseline Of(RawDatabase database)
    {
        var start = new Baseline
        {
            LastEvent = database.Numbers("SELECT COALESCE(MAX(id), 0) FROM event").Single()[0],
            Attempts = database.Numbers("SELECT COUNT(*) FROM attempt").Single()[0],
        };
        foreach (var row in database.Numbers("SELECT id, status, token, attempts, crashes, stage FROM task")) start._tasks[row[0]] = (row[1], row[2], row[3], row[4], row[5]);
        foreach (var row in database.Numbers("SELECT no, status FROM batch")) start._batches[row[0]] = row[1];
        return start;
    }

    public (long Status, long Token, long Attempts, long Crashes, long Stage) Of(long task) => _tasks.GetValueOrDefault(task);

    public long OfBatch(long batch) => _batches.TryGetValue(batch, out var status) ? status : RawDatabase.Nothing;
}
