using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Journal.Benchmarks;

/// <summary>What the way in which the store opens SQLite saves and costs: switches, and the library whose connections it uses.</summary>
internal static class Connections
{
    // The store's own claim reads like this. Another number at each turn is bound to its LIMIT.
    private const string Ready = "SELECT id FROM task INDEXED BY task_ready WHERE batch = 1 AND status = 0 AND not_before = 0 ORDER BY stage DESC, priority DESC, id LIMIT ?1";

    // SQLITE_STMTSTATUS_REPREPARE, which the library does not name.
    private const int Repreparations = 5;

    /// <summary>Statements with a limit that changes, and the same statements through Microsoft.Data.Sqlite's connection and through one of our own.</summary>
    public static IEnumerable<Line> Measure(int n)
    {
        using var journal = new ScratchJournal(64);
        var prepared = new int[2];
        var times = Sample.InTurn(5, () => Read(journal.Path, n, isStable: true, out prepared[0]), () => Read(journal.Path, n, isStable: false, out prepared[1]));
        yield return new Line(
            "The claim's query, its limit another each time", n, Each(times[0], n), "without QPSG " + Each(times[1], n), Figure(times[0] / times[1], "of its time"), "<= 1", times[0] <= times[1]);
        yield return new Line("  how often it was prepared anew", n, Count(prepared[0]), "without QPSG " + Count(prepared[1]), "", "0", prepared[0] == 0);

        // Without waiting for the disk, beside which no connection's cost could be seen.
        times = Sample.InTurn(7, () => Claims(n, isLibrary: true), () => Claims(n, isLibrary: false));
        yield return new Line(
            "Claim + complete on Microsoft.Data.Sqlite's connection", n, Each(times[0], n), "a bare one " + Each(times[1], n), Figure(times[0] / times[1], "of its time"), "<= 1.05", times[0] <= times[1] * 1.05);

        const int Openings = 200;
        times = Sample.InTurn(5, () => Open(journal.Path, isLibrary: true), () => Open(journal.Path, isLibrary: false));
        yield return new Line("  to open one", Openings, Each(times[0], Openings), "a bare one " + Each(times[1], Openings), Figure(times[0] / times[1], "of its time"), "", true);

        static double Open(string path, bool isLibrary) => Sample.Milliseconds(() =>
        {
            for (var i = 0; i < Openings; i++)
            {
                using var connection = new RawConnection(path, isLibrary);
                connection.Number("SELECT COUNT(*) FROM batch");
            }
        });
    }

    private static double Read(string path, int n, bool isStable, out int prepared)
    {
        using var connection = new RawConnection(path);
        connection.Switch(raw.SQLITE_DBCONFIG_ENABLE_QPSG, isStable);
        var ready = connection.Prepare(Ready);
        var time = Sample.Milliseconds(() =>
        {
            for (var turn = 0; turn < n; turn++)
            {
                raw.sqlite3_bind_int64(ready, 1, 1 + (turn % 16));
                while (raw.sqlite3_step(ready) == raw.SQLITE_ROW) _ = raw.sqlite3_column_int64(ready, 0);
                raw.sqlite3_reset(ready);
            }
        });
        prepared = raw.sqlite3_stmt_status(ready, Repreparations, 0);
        return time;
    }

    private static double Claims(int n, bool isLibrary)
    {
        using var journal = new ScratchJournal(n + 1);
        return Sample.Milliseconds(() => ClaimAndComplete.Directly(journal, n, isLibrary, isDurable: false));
    }

    private static string Each(double milliseconds, int n) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1000 / n:0.#} µs");

    private static string Count(int n) => n.ToString("n0", CultureInfo.InvariantCulture);

    private static string Figure(double ratio, string of) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} {of}");
}
