using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Journal.Benchmarks;

/// <summary>Adding tasks to an empty journal: SQLite's own rate, with the same table and indexes, one prepared statement and commits of the same size.</summary>
internal static class InsertRate
{
    private const int Commit = 10_000;

    public static Line Measure(int n)
    {
        var times = Sample.InTurn(3, () => Ours(n), () => Directly(n));
        var ratio = times[1] / times[0];
        return new Line(
            "The store's AddTasks", n, Text(times[0]), "SQLite directly " + Text(times[1]),
            string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} of its rate"), "", true);
    }

    /// <summary>How long SQLite itself takes, in milliseconds.</summary>
    public static double Directly(int n)
    {
        var keys = ScratchJournal.Keys(0, n).ToArray();
        using var journal = new ScratchJournal(0);
        return Sample.Milliseconds(() =>
        {
            using var database = new RawConnection(journal.Path);
            var begin = database.Prepare("BEGIN IMMEDIATE");
            var commit = database.Prepare("COMMIT");
            var insert = database.Prepare("INSERT INTO task (id, batch, created_at, updated_at, key) VALUES (?1, 1, ?2, ?2, ?3)");
            Span<byte> buffer = stackalloc byte[256];
            for (var i = 0; i < n; i++)
            {
                if (i % Commit == 0) database.Run(begin);
                raw.sqlite3_bind_text(insert, 3, buffer[..Encoding.UTF8.GetBytes(keys[i], buffer)]);
                database.Run(insert, i + 1, i);
                if (i % Commit == Commit - 1 || i == n - 1) database.Run(commit);
            }
        });
    }

    private static double Ours(int n)
    {
        var tasks = ScratchJournal.Keys(0, n).Select(ScratchJournal.New).ToArray();
        using var journal = new ScratchJournal(0);
        return Sample.Milliseconds(() =>
        {
            using var store = journal.Open();
            foreach (var chunk in tasks.Chunk(Commit)) store.AddTasks(journal.BatchId, chunk);
        });
    }

    private static string Text(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms");
}
