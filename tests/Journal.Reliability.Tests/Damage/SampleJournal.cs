using Journal.Lifecycle;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Reliability.Tests.Damage;

/// <summary>A journal with something of everything, to be copied and damaged.</summary>
internal static class SampleJournal
{
    public const string StagedBatch = "staged";
    public const string PlainBatch = "plain";

    private static readonly TaskError Error = new(JournalErrorCategory.NetworkError, "The host did not answer.", "The host did not answer.", "Timeout", "at line 1");

    /// <summary>Makes it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="afterwards">Called while it is still open, its log not merged.</param>
    public static void Make(string path, Action? afterwards = null)
    {
        using var store = new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Create) { Durability = Durability.Normal });
        Fill(store);
        afterwards?.Invoke();
    }

    /// <summary>Makes it in a journal that is empty.</summary>
    public static void Fill(IJournalStore store)
    {
        var worker = ProcessTable.Instance.NewWorker();
        Fill(store, worker, PlainBatch, 400);
        Fill(store, worker, StagedBatch, 150, "fetch", "convert");
        store.SetCheckpoint(null, "scan", """{"folder":"/photos/2026"}""");
        store.AddTempFile(1, "/tmp/work/1.tmp");
    }

    public static string IdOf(IJournalStore store, string name) =>
        store.ReadBatches(new BatchQuery { Names = [TextPattern.Exactly(name)], First = 1 }).FirstOrDefault()?.Id ?? name;

    private static void Fill(IJournalStore store, WorkerIdentity worker, string name, int count, params string[] stages)
    {
        var batch = store.CreateBatch(new NewBatch(name) { Stages = JsonList.From(stages), Settings = JsonMap.Parse("""{"quality":90}""") });
        store.AddTasks(batch.Id, [.. Enumerable.Range(0, count).Select(n => new NewTask($"/photos/{n:d5}.jpg", TaskInput.OfText($"/photos/{n:d5}.jpg")))]);
        var lease = TimeSpan.FromMinutes(5);
        var claimed = store.Exchange(new ExchangeRequest(worker, batch.Id, lease) { Claim = count * 3 / 4 }).Claimed;
        var report = new TaskReport { Quota = 1, Outputs = ["/out/a.jpg"], Metadata = JsonMap.Parse("""{"subject":"sea"}"""), Result = "[1]" };
        store.Exchange(new ExchangeRequest(worker, batch.Id, lease)
        {
            Moves = [.. claimed.Select((task, n) => (n % 10) switch
            {
                0 => TaskMove.Fail(task.Id, task.Token, Error, report),
                1 => TaskMove.Skip(task.Id, task.Token, "a duplicate"),
                2 => TaskMove.Retry(task.Id, task.Token, Error, report, store.Now.AddHours(1), null, "again"),
                _ when stages.Length > 0 => TaskMove.Advance(task.Id, task.Token, report, null, keepsClaim: false),
                _ => TaskMove.Complete(task.Id, task.Token, report),
            })],
            Claim = 5,
        });
    }
}
