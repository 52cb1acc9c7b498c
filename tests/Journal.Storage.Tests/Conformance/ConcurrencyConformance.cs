using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Journal.Storage.Tests.Support;
using Journal.Workers;

namespace Journal.Storage.Tests.Conformance;

/// <summary>Many at once, and some of them dying: nothing is lost and nothing is recorded twice.</summary>
public abstract class ConcurrencyConformance<TFixture> : StoreTest<TFixture> where TFixture : StoreFixture, new()
{
    private static readonly string Worker =
        typeof(ConcurrencyConformance<>).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "Worker").Value!;

    [Fact]
    public async Task Threads_of_one_store_share_the_work()
    {
        var batch = Batch([.. Enumerable.Range(0, 400).Select(static i => $"k{i}")]);

        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 4).Select(n => System.Threading.Tasks.Task.Run(() => Work(Store, batch, n))));

        AllCompletedOnce(batch, 400);
    }

    [Fact]
    public async Task Stores_of_one_journal_share_the_work_while_others_read()
    {
        var batch = Batch([.. Enumerable.Range(0, 200).Select(static i => $"k{i}")]);
        var working = System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 3).Select(n => System.Threading.Tasks.Task.Run(() =>
        {
            using var store = Fixture.Open(StoreAccess.Write);
            Work(store, batch, n);
        })));

        using (var reader = Fixture.Open(StoreAccess.Read))
        {
            while (!working.IsCompleted)
            {
                Assert.Equal(200, reader.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).Count());
                Assert.Equal(200, reader.FindBatch(batch.Id)!.Total);
            }
        }

        await working;
        AllCompletedOnce(batch, 200);
    }

    [Fact]
    public async Task Processes_share_the_work_and_what_killed_ones_held_is_done_by_the_others()
    {
        const int tasks = 600;
        var batch = Batch([.. Enumerable.Range(0, tasks).Select(static i => $"k{i}")]);
        var reported = new List<long>();
        using var survivor = Start(batch);
        var survived = Read(survivor, reported, int.MaxValue);
        for (var i = 0; i < 3; i++)
        {
            using var victim = Start(batch);
            // It has recorded some tasks, so it is in the middle of the work.
            await Read(victim, reported, 5);
            victim.Kill();
            await Read(victim, reported, int.MaxValue);
            await victim.WaitForExitAsync();
        }

        await survived;
        await survivor.WaitForExitAsync();
        Assert.Equal(0, survivor.ExitCode);

        AllCompletedOnce(batch, tasks);
        // A worker reports what is committed; the kill may come between the two, so it may report less, but never what is not so.
        Assert.Equal(reported.Count, reported.Distinct().Count());
        Assert.True(reported.Count <= tasks);
        IsSound();
    }

    private void Work(IJournalStore store, JournalBatch batch, int number)
    {
        var me = new WorkerIdentity("host", "space", number, "start", "n");
        IReadOnlyList<JournalTask> held = [];
        do
        {
            held = store.Exchange(new ExchangeRequest(me, batch.Id, Lease) { Claim = 3, Moves = [.. held.Select(static task => Complete(task))] }).Claimed;
        }
        while (held.Count > 0);
    }

    private void AllCompletedOnce(JournalBatch batch, int count)
    {
        Assert.Equal((JournalBatchStatus.Completed, count), (Again(batch).Status, Again(batch).Completed));
        var completions = Store.ReadEvents(new EventQuery { BatchIds = [batch.Id], Kinds = [JournalEventKind.Completed] }).Select(static e => e.TaskId).ToList();
        Assert.Equal(count, completions.Count);
        Assert.Equal(count, completions.Distinct().Count());
        Assert.Equal(count, Store.ReadAttempts(new AttemptQuery { BatchIds = [batch.Id], Outcomes = [JournalAttemptOutcome.Completed] }).Count());
    }

    private Process Start(JournalBatch batch) =>
        Process.Start(new ProcessStartInfo("dotnet", [Worker, Fixture.Location, batch.Id]) { RedirectStandardOutput = true })!;

    private static async Task Read(Process worker, List<long> reported, int most)
    {
        for (var i = 0; i < most && await worker.StandardOutput.ReadLineAsync() is { } line; i++)
        {
            lock (reported)
            {
                // The last line of a killed process may be cut off.
                if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) reported.Add(id);
            }
        }
    }
}
