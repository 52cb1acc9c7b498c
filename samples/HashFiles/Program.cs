// A C# program on Journal.Core: hashes a tree of files as a durable batch. "demo" kills it in the middle and runs it again.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Journal;
using Journal.Runs;
using Journal.Sqlite;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

switch (args)
{
    case ["run", var journal, var tree, var log]:
        Run(journal, tree, log);
        return 0;
    case ["demo"]:
        return Demo();
    default:
        Console.Error.WriteLine("usage: HashFiles demo | run <journal> <directory> <log>");
        return 2;
}

static IJournalStore Open(string journal, StoreAccess access) => new SqliteStoreFactory().Open(new StoreOptions(journal, access));

static void Run(string journal, string tree, string log)
{
    using var store = Open(journal, StoreAccess.Create);
    var order = new RunOrder(RunMode.ResumeOrNew, new RunDefinition("hash-files", JsonList.Empty) { InputSource = tree }) { HasInput = true };
    if (RunPreparation.Prepare(store, order) is not { Readiness: RunReadiness.Ready, Batch: { } batch }) return;
    var files = Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories)
        .Select(file => new NewTask(file, new TaskInput(TaskInputKind.File, file)) { Weight = new FileInfo(file).Length })
        .ToList();
    var added = store.AddTasks(batch.Id, files);
    Console.WriteLine($"{batch.Id}: {added.Added} added, {added.AlreadyThere} already there");

    var work = new DelegateExecutor((task, stop) =>
    {
        // The log tells the demo which files were hashed, and how often.
        lock (typeof(SHA256)) File.AppendAllText(log, task.Key + "\n");
        using var stream = File.OpenRead(task.Key);
        task.SetTarget(Convert.ToHexString(SHA256.HashData(stream)));
        stop.WaitHandle.WaitOne(5);
        stop.ThrowIfCancellationRequested();
        return null;
    });
    using var stopping = new CancellationTokenSource();
    Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        stopping.Cancel();
    };
    using var runner = new BatchRunner(store, new RunRequest(store.FindBatch(batch.Id)!) { Degree = 2 }, work, new Silent(), TimeProvider.System, ProcessTable.Instance);
    var result = runner.Run(stopping.Token);
    Console.WriteLine($"{batch.Id}: {result.End}, {result.Completed} completed in this run, {result.Recovered} recovered from a dead worker");
}

static int Demo()
{
    var directory = Directory.CreateTempSubdirectory("journal-demo-").FullName;
    try
    {
        var tree = Path.Combine(directory, "files");
        var (journal, log) = (Path.Combine(directory, "journal.db"), Path.Combine(directory, "ran.log"));
        const int count = 400;
        MakeFiles(tree, count);

        Console.WriteLine($"1. Hash {count} files, and kill the process (SIGKILL) in the middle.");
        using (var child = Start(journal, tree, log))
        {
            while (!child.WaitForExit(20) && Completed(journal) < count * 0.4)
            {
            }

            child.Kill();
            child.WaitForExit();
        }

        using var store = Open(journal, StoreAccess.Write);
        var killed = store.ReadBatches(new BatchQuery()).Single();
        Console.WriteLine($"   Killed at {killed.Counts.Ended}/{killed.Total}, with {killed.InProgress} in flight.");
        Console.WriteLine("2. Run the same line again.");
        using (var child = Start(journal, tree, log)) child.WaitForExit();

        var batch = store.FindBatch(killed.Id)!;
        var summary = BatchSummary.Build(batch, store.ReadFigures(batch.Id), 2, store.Now);
        Console.WriteLine("3. What the journal says.");
        Console.WriteLine($"   {"Batch",-28} {"Progress",-10} {"Status",-10} {"Failed",-7} Mean");
        Console.WriteLine($"   {batch.Id,-28} {$"{batch.Counts.Ended}/{batch.Total}",-10} {batch.Status,-10} {batch.Failed,-7} {summary.MeanDuration?.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms");

        var runs = File.ReadLines(log).GroupBy(line => line).ToDictionary(group => group.Key, group => group.Count());
        var completions = store.ReadEvents(new EventQuery { BatchIds = [batch.Id], Kinds = [JournalEventKind.Completed] }).GroupBy(e => e.TaskId).ToList();
        var twice = runs.Values.Count(times => times > 1);
        var once = completions.Count == count && completions.All(group => group.Count() == 1);
        Console.WriteLine($"   Proof: {completions.Count} of {count} recorded Completed, each once: {once}. Run twice: {twice} (in flight at the kill: {killed.InProgress}).");
        return once && batch.Completed == count && twice <= killed.InProgress ? 0 : 1;
    }
    finally
    {
        Directory.Delete(directory, recursive: true);
    }
}

static Process Start(string journal, string tree, string log) =>
    Process.Start(new ProcessStartInfo(Environment.ProcessPath!) { ArgumentList = { typeof(Silent).Assembly.Location, "run", journal, tree, log } })!;

static long Completed(string journal)
{
    if (!File.Exists(journal)) return 0;
    try
    {
        using var store = Open(journal, StoreAccess.Read);
        return store.ReadBatches(new BatchQuery()).Sum(batch => batch.Completed);
    }
    catch (JournalException)
    {
        // Between the creation of the file and that of its tables.
        return 0;
    }
}

static void MakeFiles(string tree, int count)
{
    for (var i = 0; i < count; i++)
    {
        var folder = Path.Combine(tree, (i % 10).ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, $"photo {i:0000}.jpg"), RandomNumberGenerator.GetBytes(1000 + i * 97 % 50_000));
    }
}

internal sealed class Silent : IRunObserver
{
    public void Report(AttemptReport report)
    {
    }

    public void Progress(RunProgress progress)
    {
    }

    public void Note(string text) => Console.WriteLine("   " + text);
}
