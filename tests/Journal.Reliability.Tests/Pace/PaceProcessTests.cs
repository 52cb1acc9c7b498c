using System.Diagnostics;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Torture.Working;

namespace Journal.Reliability.Tests.Pace;

/// <summary>Limits hold for real processes together, and for those that are killed: the history of the journal tells who started when.</summary>
public sealed class PaceProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-pace-").FullName;

    private string Journal => Path.Combine(_folder, "journal.db");

    [Fact]
    public void Four_processes_together_start_no_more_in_any_second_than_the_rate_and_its_burst()
    {
        const int tasks = 2000;
        var limit = RateLimit.Parse("200/1s");
        using var store = new SqliteStoreFactory().Open(new StoreOptions(Journal, StoreAccess.Create));
        var batch = store.CreateBatch(new NewBatch("rate") { Options = BatchOptions.Default with { RateLimit = limit } });
        store.AddTasks(batch.Id, [.. Enumerable.Range(0, tasks).Select(static n => new NewTask($"task {n}", TaskInput.OfText($"{n}")))]);

        foreach (var worker in Enumerable.Range(0, 4).Select(_ => Start(batch.Id, 2)).ToList()) Finish(worker);

        var starts = store.ReadEvents(new EventQuery { BatchIds = [batch.Id], Kinds = [JournalEventKind.Claimed] }).Select(static e => e.At).Order().ToList();
        Assert.Equal(tasks, starts.Count);
        for (int first = 0, last = 0; last < starts.Count; last++)
        {
            while (starts[last] - starts[first] >= limit.Period) first++;
            Assert.True(last - first + 1 <= limit.Count + limit.Burst, $"{last - first + 1} started in the second from {starts[first]:O}.");
        }

        Assert.True(starts[^1] - starts[0] >= (tasks - limit.Burst) * (limit.Period / limit.Count) * 0.999);
        Assert.Empty(store.Check());
    }

    [Fact]
    public void One_task_of_a_key_at_a_time_whoever_is_killed()
    {
        const int tasks = 1500, keys = 25, kills = 8;
        using var store = new SqliteStoreFactory().Open(new StoreOptions(Journal, StoreAccess.Create));
        var batch = store.CreateBatch(new NewBatch("keys") { Options = BatchOptions.Default with { ConcurrencyLimit = 1, LimitBy = "Server", CrashLimit = 1000 } });
        store.AddTasks(batch.Id, [.. Enumerable.Range(0, tasks).Select(static n => new NewTask($"task {n}", TaskInput.OfText($"{n}")) { LimitKey = $"server {n % keys}" })]);

        for (var n = 0; n < kills; n++)
        {
            var victim = Start(batch.Id, 4);
            var beside = Start(batch.Id, 4);
            // It may have found nothing left.
            victim.StandardOutput.ReadLine();
            victim.Kill();
            victim.WaitForExit();
            victim.Dispose();
            beside.StandardOutput.ReadLine();
            beside.Kill();
            beside.WaitForExit();
            beside.Dispose();
        }

        Finish(Start(batch.Id, 4));

        Assert.Equal(tasks, store.RequireBatch(batch.Id).Completed);
        var keyOf = store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToDictionary(static task => task.Id, static task => task.LimitKey);
        var held = new Dictionary<string, long>();
        foreach (var entry in store.ReadEvents(new EventQuery { BatchIds = [batch.Id] }).Where(static e => e.TaskId is not null))
        {
            var (task, key) = (entry.TaskId!.Value, keyOf[entry.TaskId!.Value]!);
            if (entry.To == nameof(JournalTaskStatus.InProgress)) Assert.True(held.TryAdd(key, task), $"Task {task} of {key} was claimed while task {held.GetValueOrDefault(key)} was in progress (event {entry.Id}).");
            else if (entry.From == nameof(JournalTaskStatus.InProgress)) Assert.True(held.Remove(key));
        }

        Assert.Empty(held);
        Assert.Empty(store.Check());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Process Start(string batchId, int degree) => Process.Start(
        new ProcessStartInfo("dotnet", ["exec", typeof(PaceWorker).Assembly.Location, .. PaceWorker.Order(Journal, batchId, degree)]) { RedirectStandardOutput = true })!;

    private static void Finish(Process worker)
    {
        worker.StandardOutput.ReadToEnd();
        worker.WaitForExit();
        Assert.Equal(0, worker.ExitCode);
        worker.Dispose();
    }
}
