using System.Globalization;
using Journal.Lifecycle;
using Journal.Storage;
using SQLitePCL;

namespace Journal.Benchmarks;

/// <summary>
/// Claim and complete, one task at a time, each on the disk before the next: through the store, and by statements that write the same rows
/// (task, attempt, both events, the batch's counters) and check nothing.
/// </summary>
internal static class ClaimAndComplete
{
    public static Line Measure(int n)
    {
        var times = Sample.InTurn(5, () => Through(n, Ours), () => Through(n, static (journal, n) => Directly(journal, n)));
        var ratio = times[1] / times[0];
        return new Line(
            "The store's claim + complete, one at a time", n, Each(times[0], n), "SQLite directly " + Each(times[1], n),
            string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} of its rate"), ">= 0.9", ratio >= 0.9);
    }

    private static string Each(double milliseconds, int n) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1000 / n:0} µs");

    private static double Through(int n, Action<ScratchJournal, int> work)
    {
        using var journal = new ScratchJournal(n + 1);
        return Sample.Milliseconds(() => work(journal, n));
    }

    private static void Ours(ScratchJournal journal, int n)
    {
        using var store = journal.Open();
        IReadOnlyList<TaskMove> moves = [];
        for (var i = 0; i <= n; i++)
        {
            var result = store.Exchange(new ExchangeRequest(journal.Worker, journal.BatchId, ScratchJournal.Lease) { Moves = moves, Claim = 1 });
            moves = [.. result.Claimed.Select(static task => TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing))];
        }
    }

    /// <summary>The same by statements of SQLite's alone.</summary>
    public static void Directly(ScratchJournal journal, int n, bool isLibrary = false, bool isDurable = true)
    {
        using var database = new RawConnection(journal.Path, isLibrary, isDurable);
        var begin = database.Prepare("BEGIN IMMEDIATE");
        var commit = database.Prepare("COMMIT");
        var complete = database.Prepare("""
            UPDATE task SET status = 2, lease_until = NULL, ended_at = ?3, updated_at = ?3, duration = ?3 - claimed_at
            WHERE id = ?1 AND status = 1 AND token = ?2
            """);
        var attempt = database.Prepare("""
            INSERT INTO attempt (task, number, batch, stage, worker, started_at, ended_at, outcome) VALUES (?1, ?2, 1, 0, 1, ?3, ?3, 0)
            """);
        var record = database.Prepare("INSERT INTO event (at, batch, task, kind, from_status, to_status, stage, worker) VALUES (?1, 1, ?2, ?3, ?4, ?5, 0, 1)");
        var next = database.Prepare("""
            SELECT id, token, key, input FROM task INDEXED BY task_ready WHERE batch = 1 AND status = 0 AND not_before = 0
            ORDER BY stage DESC, priority DESC, id LIMIT 1
            """);
        var claim = database.Prepare("""
            UPDATE task SET status = 1, attempts = attempts + 1, token = token + 1, worker = 1, claimed_at = ?2, lease_until = ?3,
                started_at = COALESCE(started_at, ?2), updated_at = ?2
            WHERE id = ?1 AND status = 0
            """);
        var count = database.Prepare("""
            UPDATE batch SET pending = pending - ?1, in_progress = in_progress + ?1 - ?2, completed = completed + ?2, updated_at = ?3 WHERE no = 1
            """);
        long held = 0, token = 0;
        for (var i = 0; i <= n; i++)
        {
            var now = DateTime.UtcNow.Ticks / TimeSpan.TicksPerMicrosecond;
            database.Run(begin);
            if (held != 0)
            {
                database.Run(complete, held, token, now);
                database.Run(attempt, held, token, now);
                database.Run(record, now, held, 1, 1, 2);
            }

            var ended = held == 0 ? 0 : 1;
            held = raw.sqlite3_step(next) == raw.SQLITE_ROW ? raw.sqlite3_column_int64(next, 0) : 0;
            token = raw.sqlite3_column_int64(next, 1) + 1;
            _ = raw.sqlite3_column_text(next, 2).utf8_to_string();
            raw.sqlite3_reset(next);
            database.Run(claim, held, now, now + 300_000_000);
            database.Run(record, now, held, 0, 0, 1);
            database.Run(count, 1, ended, now);
            database.Run(commit);
        }
    }
}
