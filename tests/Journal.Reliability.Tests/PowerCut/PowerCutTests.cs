using Journal.Lifecycle;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Reliability.Tests.PowerCut;

/// <summary>What is left when the power goes: with Full all that was reported, with Normal a sound journal that may lack the last instants.</summary>
[Collection(nameof(RecordingFileSystem))]
public sealed class PowerCutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-power-").FullName;
    private readonly List<FileEvent?> _events = [];
    private string _batch = "";

    private string JournalPath => Path.Combine(_folder, "journal.db");

    public void Dispose()
    {
        RecordingFileSystem.Listen(null, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(Durability.Full)]
    [InlineData(Durability.Normal)]
    public void At_whatever_moment_the_power_goes_the_promise_holds(Durability durability)
    {
        var before = Prepare();
        Work(durability);
        Assert.Contains(_events, static happened => happened is { Kind: FileEventKind.Sync });
        var lost = 0L;
        for (var cut = 0; cut <= _events.Count; cut += 1 + (_events.Count / 250))
        {
            foreach (var dice in new[] { null, new Random(cut) })
            {
                var disk = new Disk(before);
                foreach (var happened in _events.Take(cut)) if (happened is not null) disk.Happen(happened);
                var reported = _events.Take(cut).Count(static happened => happened is null);
                var found = Found(disk, dice, cut);
                Assert.InRange(found, durability == Durability.Full ? reported : 0, reported + 1);
                lost = Math.Max(lost, reported - found);
            }
        }

        // It would be strange if nothing was ever lost where nothing is promised: then this test would prove nothing.
        if (durability == Durability.Normal) Assert.True(lost > 0);
    }

    private Dictionary<string, byte[]> Prepare()
    {
        using (var store = Open(JournalPath, Durability.Full))
        {
            _batch = store.CreateBatch(new NewBatch("power")).Id;
            store.AddTasks(_batch, [.. Enumerable.Range(0, 60).Select(static n => new NewTask($"{n}", TaskInput.OfText($"{n}")))]);
        }

        return new Dictionary<string, byte[]> { [JournalPath] = File.ReadAllBytes(JournalPath) };
    }

    // Null stands for a completion that was reported.
    private void Work(Durability durability)
    {
        RecordingFileSystem.Listen(_folder, _events.Add);
        using var store = Open(JournalPath, durability);
        var worker = ProcessTable.Instance.NewWorker();
        var request = new ExchangeRequest(worker, _batch, TimeSpan.FromMinutes(5)) { Claim = 1 };
        var task = store.Exchange(request).Claimed[0];
        for (var n = 0; n < 50; n++)
        {
            task = store.Exchange(request with { Moves = [TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing)] }).Claimed[0];
            _events.Add(null);
            // Merging the log moves everything: the moment in which most can go wrong.
            if (n % 20 == 15) store.Optimize();
        }

        RecordingFileSystem.Listen(null, null);
    }

    private long Found(Disk disk, Random? dice, int cut)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "after")).FullName;
        foreach (var old in Directory.GetFiles(folder)) File.Delete(old);
        disk.WriteAfterCut(folder, dice);
        using var store = Open(Path.Combine(folder, "journal.db"), Durability.Full);
        Assert.True(store.Check() is { Count: 0 }, $"After a cut at {cut}: {string.Join(' ', store.Check())}");
        return store.FindBatch(_batch)!.Completed;
    }

    private static IJournalStore Open(string path, Durability durability) => new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Create) { Durability = durability });
}
