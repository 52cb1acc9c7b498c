using System.Text.RegularExpressions;

namespace Journal.Torture.Checking;

/// <summary>
/// Whether a journal tells a story that can be true. It reads the tables itself and replays every task's events by its own table of moves;
/// nothing of the product's code takes part. Its SQL is what both engines take.
/// </summary>
internal sealed partial class JournalChecker
{
    private const int MostProblems = 20;

    private readonly RawDatabase _database;
    private readonly Dictionary<(long Task, long Number), long> _attempts;
    private readonly Baseline _start;
    private readonly List<string> _problems = [];

    private JournalChecker(RawDatabase database, Baseline? start)
    {
        _database = database;
        _start = start ?? Baseline.Blank;
        _attempts = database.Numbers("SELECT task, number, outcome FROM attempt").ToDictionary(static row => (row[0], row[1]), static row => row[2]);
    }

    /// <summary>Checks a file that nobody writes to; opening it merges its log, so give it a copy where that matters.</summary>
    public static IReadOnlyList<string> Check(string path, Tally tally, IEnumerable<string>? keys = null)
    {
        using var database = new RawFile(path);
        return Check(database, tally, keys: keys);
    }

    /// <summary>Checks a journal.</summary>
    /// <param name="database">It.</param>
    /// <param name="tally">Where what was looked at is counted.</param>
    /// <param name="ledger">What workers were told; null where nobody knows.</param>
    /// <param name="keys">The tasks that must be there.</param>
    /// <param name="start">From where on the histories are told; null for their beginning.</param>
    public static IReadOnlyList<string> Check(RawDatabase database, Tally tally, LedgerLines? ledger = null, IEnumerable<string>? keys = null, Baseline? start = null)
    {
        tally.Checks++;
        try
        {
            if (database.Breakage() is { Count: > 0 } broken) return broken;
            var checker = new JournalChecker(database, start);
            checker.CheckTasks(tally);
            checker.CheckBatches();
            checker.CheckQuota();
            checker.CheckLimits();
            if (ledger is not null) checker.CheckReports(ledger);
            if (keys is not null) checker.CheckKeys(keys);
            return [.. checker._problems.Take(MostProblems)];
        }
        catch (InvalidDataException e)
        {
            return [e.Message];
        }
    }

    private void CheckTasks(Tally tally)
    {
        var events = _database.Numbers($"SELECT task, kind, from_status, to_status, stage FROM event WHERE task IS NOT NULL AND kind >= {LegalMoves.First} AND id > {_start.LastEvent} ORDER BY id")
            .ToLookup(static row => row[0]);
        var workers = _database.Numbers("SELECT no FROM worker").Select(static row => row[0]).ToHashSet();
        var claimed = _start.Attempts;
        foreach (var task in _database.Numbers("SELECT id, status, token, attempts, crashes, stage, worker, lease_until IS NULL, claimed_at FROM task"))
        {
            tally.Tasks++;
            claimed += Replay(task, events[task[0]], tally);
            if (task[1] == 1 && (task[7] == 1 || !workers.Contains(task[6]))) Say($"Task {task[0]} is in progress without a lease or a worker that the journal knows.");
            if (task[1] != 1 && task[7] == 0) Say($"Task {task[0]} has a lease but is in status {task[1]}.");
        }

        if (claimed != _attempts.Count) Say($"The tasks' histories end {claimed} attempts, but there are {_attempts.Count}.");
        tally.Attempts += _attempts.Count;
    }

    private long Replay(long[] task, IEnumerable<long[]> events, Tally tally)
    {
        var (status, token, attempts, crashes, stage) = _start.Of(task[0]);
        var ended = 0L;
        foreach (var (kind, from, to, at) in events.Select(static row => (row[1], row[2], row[3], row[4])))
        {
            tally.Events++;
            if (LegalMoves.Of(kind, from, to) is not { } effect || from != status)
            {
                Say($"Task {task[0]} was in {status}, and event {kind} takes it from {from} to {to}.");
                return ended;
            }

            if (at != stage && kind != 30) Say($"Task {task[0]} was in stage {stage}, and event {kind} happened in stage {at}.");
            if (kind == LegalMoves.Claimed) token++;
            if (effect.Outcome >= 0)
            {
                ended++;
                if (!_attempts.TryGetValue((task[0], token), out var outcome)) Say($"Attempt {token} of task {task[0]} ended by event {kind}, but is not recorded.");
                else if (outcome != effect.Outcome) Say($"Attempt {token} of task {task[0]} ended by event {kind}, but is recorded with outcome {outcome}.");
            }

            attempts = effect.Resets ? 0 : Math.Max(0, attempts + effect.Attempts);
            crashes = effect.ForgetsCrashes ? 0 : crashes + (effect.Crash ? 1 : 0);
            stage = kind == 22 ? stage + 1 : kind == 30 && from == 2 ? 0 : stage;
            status = to;
        }

        if ((status, token, attempts, crashes, stage) != (task[1], task[2], task[3], task[4], task[5]))
        {
            Say($"Task {task[0]} stands at (status, token, attempts, crashes, stage) {(task[1], task[2], task[3], task[4], task[5])}, but its history ends at {(status, token, attempts, crashes, stage)}.");
        }

        return ended;
    }

    private void CheckBatches()
    {
        foreach (var batch in _database.Numbers("SELECT no, status, pending, in_progress, completed, failed, skipped, canceled, started_at IS NOT NULL FROM batch"))
        {
            var counted = new long[6];
            foreach (var row in _database.Numbers($"SELECT status, COUNT(*) FROM task WHERE batch = {batch[0]} GROUP BY status")) counted[row[0]] = row[1];
            if (!counted.SequenceEqual(batch.Skip(2).Take(6))) Say($"Batch {batch[0]} counts {string.Join('/', batch.Skip(2).Take(6))}, but has {string.Join('/', counted)}.");
            var ended = counted[0] + counted[1] == 0 && counted.Sum() > 0;
            var right = ended
                ? batch[1] == (counted[3] > 0 ? 4 : counted[5] > 0 ? 5 : 3)
                : batch[1] == 2 || batch[1] == (batch[8] == 1 ? 1 : 0);
            if (!right) Say($"Batch {batch[0]} is in status {batch[1]}, which its tasks do not make it.");
            var status = _start.OfBatch(batch[0]);
            var history = $"SELECT kind, from_status, to_status FROM event WHERE batch = {batch[0]} AND task IS NULL AND kind NOT IN (2, 7) AND id > {_start.LastEvent} ORDER BY id";
            foreach (var row in _database.Numbers(history))
            {
                if (row[1] != status) Say($"Batch {batch[0]} was in {status}, and event {row[0]} takes it from {row[1]}.");
                status = row[2];
            }

            if (status != batch[1]) Say($"Batch {batch[0]} is in status {batch[1]}, but its history ends in {status}.");
        }
    }

    private void CheckQuota()
    {
        const string sql = """
            SELECT b.quota_consumed, (SELECT COALESCE(SUM(quota), 0.0) FROM task WHERE batch = b.no),
                (SELECT COALESCE(SUM(consumed), 0.0) FROM quota WHERE batch = b.no) FROM batch b
            """;
        foreach (var row in _database.Rows(sql))
        {
            if (row.Distinct().Count() != 1) Say($"The quota used is {row[0]} by the batch, {row[1]} by its tasks and {row[2]} by its projects.");
        }
    }

    // At no time are more tasks of a limit key in progress than its batch allows.
    private void CheckLimits()
    {
        foreach (var batch in _database.Rows("SELECT no, options FROM batch"))
        {
            if (Limit().Match((string?)batch[1] ?? "") is not { Success: true } limit) continue;
            var most = long.Parse(limit.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
            var keys = _database.Rows($"SELECT id, limit_key FROM task WHERE batch = {batch[0]} AND limit_key IS NOT NULL").ToDictionary(static row => (long)row[0]!, static row => (string)row[1]!);
            var running = keys.Where(task => _start.Of(task.Key).Status == 1).GroupBy(static task => task.Value).ToDictionary(static of => of.Key, static of => of.LongCount());
            var history = $"SELECT task, from_status, to_status FROM event WHERE batch = {batch[0]} AND task IS NOT NULL AND kind >= {LegalMoves.First} AND id > {_start.LastEvent} ORDER BY id";
            foreach (var row in _database.Numbers(history))
            {
                if (!keys.TryGetValue(row[0], out var key)) continue;
                var now = running[key] = running.GetValueOrDefault(key) + (row[2] == 1 ? 1 : 0) - (row[1] == 1 ? 1 : 0);
                if (row[2] != 1 || now <= most) continue;
                Say($"{now} tasks of one key, '{key}', were in progress when task {row[0]} was claimed; its batch allows {most}.");
                break;
            }
        }
    }

    [GeneratedRegex("\"concurrencyLimit\":\\s*([0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();

    private void CheckReports(LedgerLines ledger)
    {
        const int completed = 0, refunded = 6;
        var seen = new HashSet<(long, long)>();
        foreach (var (task, token, outcome) in ledger.Recorded)
        {
            if (!_attempts.TryGetValue((task, token), out var recorded)) Say($"Attempt {token} of task {task} was reported, but is not in the journal.");
            else if (outcome != refunded && recorded != outcome) Say($"Attempt {token} of task {task} was reported with outcome {outcome}, but is recorded with {recorded}.");
            if (outcome == completed && !seen.Add((task, token))) Say($"Attempt {token} of task {task} was reported completed twice.");
        }

        foreach (var (task, token) in ledger.Fenced)
        {
            if (_attempts.TryGetValue((task, token), out var recorded) && recorded == completed) Say($"Attempt {token} of task {task} was refused, and is recorded completed.");
        }
    }

    private void CheckKeys(IEnumerable<string> keys)
    {
        var there = _database.Rows("SELECT key FROM task").Select(static row => (string)row[0]!).ToHashSet(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (!there.Contains(key)) Say($"The task '{key}' is lost.");
        }
    }

    private void Say(string problem) => _problems.Add(problem);
}
