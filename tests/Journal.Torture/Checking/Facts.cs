namespace Journal.Torture.Checking;

/// <summary>What a journal says that never changes once it was said: keys of tasks, ends of attempts, events.</summary>
internal sealed class Facts
{
    private const int Amended = 7;
    private const int Released = 3;

    private readonly Dictionary<long, (string Said, long Token)> _tasks = [];
    private readonly Dictionary<(long, long), string> _attempts = [];
    private readonly Dictionary<long, string> _events = [];

    public Facts(RawDatabase database)
    {
        foreach (var row in Tasks(database)) _tasks[(long)row[0]!] = (Said(row, 2), (long)row[1]!);
        foreach (var row in Attempts(database)) _attempts[((long)row[0]!, (long)row[1]!)] = Said(row, 3);
        foreach (var row in Events(database)) _events[(long)row[0]!] = Said(row, 3);
    }

    public int TaskCount => _tasks.Count;

    /// <summary>What a journal that was saved from a damaged one says otherwise than it did. Less than all is not wrong.</summary>
    public IEnumerable<string> ContradictedBy(RawDatabase salvaged)
    {
        foreach (var row in Tasks(salvaged))
        {
            var (said, token) = _tasks.GetValueOrDefault((long)row[0]!);
            if (Said(row, 2) != said) yield return $"Task {row[0]} was '{said}' and was salvaged as '{Said(row, 2)}'.";
            else if ((long)row[1]! > token) yield return $"Task {row[0]} had been claimed {token} times, and {row[1]} times once it was salvaged.";
        }

        foreach (var row in Attempts(salvaged))
        {
            // Where an attempt is lost, a placeholder says so.
            var isPlaceholder = (long)row[3]! == Released && (string?)row[2] == "What became of this attempt was lost.";
            var said = _attempts.GetValueOrDefault(((long)row[0]!, (long)row[1]!));
            if (!isPlaceholder && Said(row, 3) != said) yield return $"Attempt {row[1]} of task {row[0]} was '{said}' and was salvaged as '{Said(row, 3)}'.";
        }

        foreach (var row in Events(salvaged))
        {
            // What the repair did to tasks and batches it tells in events of its own.
            var isOfRepair = (long)row[1]! == Amended || row[2] is null;
            var said = _events.GetValueOrDefault((long)row[0]!);
            if (!isOfRepair && Said(row, 3) != said) yield return $"Event {row[0]} was '{said}' and was salvaged as '{Said(row, 3)}'.";
        }
    }

    private static List<object?[]> Tasks(RawDatabase database) => database.Rows("SELECT id, token, batch, key, created_at FROM task");

    private static List<object?[]> Attempts(RawDatabase database) =>
        database.Rows("SELECT task, number, error_message, outcome, batch, stage, started_at, ended_at, error_category FROM attempt");

    private static List<object?[]> Events(RawDatabase database) =>
        database.Rows("SELECT id, kind, task, batch, task, kind, from_status, to_status, stage, at, reason FROM event");

    private static string Said(object?[] row, int from) => string.Join(' ', row[from..]);
}
