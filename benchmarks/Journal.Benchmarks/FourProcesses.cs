using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Benchmarks;

/// <summary>
/// Four processes that share a batch of tasks of two milliseconds, while a reader asks for the counts all the time. Beside it, as what the machine
/// lets anybody have: four processes that do the same work and record each task by one durable statement of SQLite's, sharing nothing but the file.
/// </summary>
internal static class FourProcesses
{
    private const int Processes = 4;
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(2);

    /// <summary>Of three runs the one in the middle by its share of the ideal; of the waits the ones in the middle by themselves.</summary>
    public static IEnumerable<Line> Measure(int n)
    {
        var runs = Enumerable.Range(0, 3).Select(_ => (Ours: Run("join", n), Directly: Run("join-directly", n))).ToList();
        var (wall, worked, _, _) = runs.Select(static run => run.Ours).OrderBy(static run => run.Worked / run.Wall).ElementAt(1);
        var share = worked / (Processes * wall);
        yield return new Line(
            "Four processes, 2 ms of work a task", n, Text(wall), "the ideal " + Text(worked / Processes),
            string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the ideal"), ">= 90%", share >= 0.9);
        var wait = Sample.Median(runs.Select(static run => run.Ours.LongestWait));
        var directly = Sample.Median(runs.Select(static run => run.Directly.LongestWait));
        yield return new Line(
            "  the longest wait for the next task", n, Text(wait), "SQLite directly " + Text(directly),
            string.Create(CultureInfo.InvariantCulture, $"{wait / directly:0.00} of it"), "< 50 ms", wait < 50);
        var slowest = Sample.Median(runs.Select(static run => run.Ours.SlowestRead));
        yield return new Line("  the longest wait of a reader", n, Text(slowest), "", "", "< 50 ms", slowest < 50);
    }

    private static (double Wall, double Worked, double LongestWait, double SlowestRead) Run(string verb, int n)
    {
        using var journal = new ScratchJournal(n);
        var workers = Enumerable.Range(0, Processes).Select(number => Start(verb, journal, number)).ToList();
        foreach (var worker in workers) worker.StandardOutput.ReadLine();
        using var reader = journal.Open();
        var slowest = 0.0;
        var watch = Stopwatch.StartNew();
        foreach (var worker in workers) worker.StandardInput.WriteLine();
        while (verb == "join" && reader.FindBatch(journal.BatchId)!.Counts.Open > 0)
        {
            Thread.Sleep(1);
            slowest = Math.Max(slowest, Sample.Milliseconds(() => reader.FindBatch(journal.BatchId)));
        }

        var wall = watch.Elapsed.TotalMilliseconds;
        var shares = workers.ConvertAll(Finish);
        return (wall, shares.Sum(static share => share.Worked), shares.Max(static share => share.LongestWait), slowest);
    }

    /// <summary>One of the four: says that it is ready, waits for a line, runs, and tells how it went.</summary>
    public static void Join(string path, string batchId)
    {
        using var store = new Sqlite.SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Write));
        double worked = 0, longest = 0;
        var last = 0L;
        var executor = new DelegateExecutor((_, _) =>
        {
            var begun = Stopwatch.GetTimestamp();
            if (last != 0) longest = Math.Max(longest, Stopwatch.GetElapsedTime(last, begun).TotalMilliseconds);
            Thread.Sleep(Work);
            last = Stopwatch.GetTimestamp();
            worked += Stopwatch.GetElapsedTime(begun, last).TotalMilliseconds;
            return null;
        });
        using var runner = new BatchRunner(store, new RunRequest(store.RequireBatch(batchId)), executor, new Silent(), TimeProvider.System, ProcessTable.Instance);
        Console.WriteLine("ready");
        Console.ReadLine();
        runner.Run(CancellationToken.None);
        Console.WriteLine(JsonSerializer.Serialize(new Share(worked, longest)));
    }

    /// <summary>One of the four that do without us: every fourth task is its own.</summary>
    public static void JoinDirectly(string path, int number)
    {
        // The store brings SQLite along, and mends its sleep; open all the while, so that nobody is the last to close the file.
        using var store = new Sqlite.SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Write));
        using var database = new RawConnection(path);
        var begin = database.Prepare("BEGIN IMMEDIATE");
        var complete = database.Prepare("UPDATE task SET status = 2, ended_at = ?2 WHERE id = ?1");
        var commit = database.Prepare("COMMIT");
        var tasks = database.Number("SELECT COUNT(*) FROM task");
        double worked = 0, longest = 0;
        var last = 0L;
        Console.WriteLine("ready");
        Console.ReadLine();
        for (var id = 1L + number; id <= tasks; id += Processes)
        {
            var begun = Stopwatch.GetTimestamp();
            if (last != 0) longest = Math.Max(longest, Stopwatch.GetElapsedTime(last, begun).TotalMilliseconds);
            Thread.Sleep(Work);
            last = Stopwatch.GetTimestamp();
            worked += Stopwatch.GetElapsedTime(begun, last).TotalMilliseconds;
            while (!database.TryRun(begin)) Thread.Sleep(1);
            database.Run(complete, id, last);
            database.Run(commit);
        }

        Console.WriteLine(JsonSerializer.Serialize(new Share(worked, longest)));
    }

    private static Process Start(string verb, ScratchJournal journal, int number)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { typeof(FourProcesses).Assembly.Location, verb, journal.Path, verb == "join" ? journal.BatchId : number.ToString(CultureInfo.InvariantCulture) }) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static Share Finish(Process worker)
    {
        using (worker)
        {
            var share = JsonSerializer.Deserialize<Share>(worker.StandardOutput.ReadLine()!)!;
            worker.WaitForExit();
            return share;
        }
    }

    private static string Text(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms");

    private sealed record Share(double Worked, double LongestWait);

    private sealed class Silent : IRunObserver
    {
        public void Report(AttemptReport report)
        {
        }

        public void Progress(RunProgress progress)
        {
        }

        public void Note(string text)
        {
        }
    }
}
