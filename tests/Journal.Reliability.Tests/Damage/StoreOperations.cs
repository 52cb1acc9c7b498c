using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Reliability.Tests.Damage;

/// <summary>One call of every member of a store.</summary>
internal static class StoreOperations
{
    private static readonly WorkerIdentity Worker = ProcessTable.Instance.NewWorker();
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>What is called, and how; reading first, for writing may stumble over less than it.</summary>
    public static IReadOnlyList<(string Member, Action<IJournalStore> Call)> All { get; } =
    [
        (nameof(IJournalStore.Describe), static store => store.Describe()),
        (nameof(IJournalStore.ReadBatches), static store => Exhaust(store.ReadBatches(new BatchQuery()))),
        (nameof(IJournalStore.FindBatch), static store => store.FindBatch(Plain(store))),
        (nameof(IJournalStore.ReadTasks), static store => Exhaust(store.ReadTasks(TaskQuery.All))),
        (nameof(IJournalStore.ReadTasks), static store => Exhaust(store.ReadTasks(new TaskQuery { Keys = [TextPattern.Wildcard("*7.jpg")], OrderBy = TaskOrder.Duration }))),
        (nameof(IJournalStore.FindTask), static store => store.FindTask(70)),
        (nameof(IJournalStore.CountTasks), static store => store.CountTasks(new TaskQuery { Statuses = [JournalTaskStatus.Failed] })),
        (nameof(IJournalStore.ReadResult), static store => store.ReadResult(410, "fetch")),
        (nameof(IJournalStore.ReadInFlight), static store => store.ReadInFlight(null)),
        (nameof(IJournalStore.ReadTempFiles), static store => store.ReadTempFiles(1)),
        (nameof(IJournalStore.ReadAttempts), static store => Exhaust(store.ReadAttempts(new AttemptQuery()))),
        (nameof(IJournalStore.ReadEvents), static store => Exhaust(store.ReadEvents(new EventQuery()))),
        (nameof(IJournalStore.GroupTasks), static store => Exhaust(store.GroupTasks(new GroupQuery(TaskQuery.All, [TaskGroupings.Parse("Signature"), TaskGroupings.Parse("Metadata.subject")])))),
        (nameof(IJournalStore.ReadFigures), static store => store.ReadFigures(Staged(store))),
        (nameof(IJournalStore.TallyAttempts), static store => store.TallyAttempts()),
        (nameof(IJournalStore.FindCheckpoint), static store => store.FindCheckpoint(null, "scan")),
        (nameof(IJournalStore.ReadCheckpoints), static store => store.ReadCheckpoints(null)),
        (nameof(IJournalStore.Check), static store => store.Check()),
        (nameof(IJournalStore.CreateBatch), static store => store.CreateBatch(new NewBatch("later"))),
        (nameof(IJournalStore.CreateBatchAfter), static store => store.CreateBatchAfter(new NewBatch("later still"), null)),
        (nameof(IJournalStore.Import), static store => store.Import([new FullBatch(new JournalBatch { Id = "old-20260101-000000", Name = "old" }, [])])),
        (nameof(IJournalStore.AddTasks), static store => store.AddTasks(Plain(store), [.. Enumerable.Range(0, 50).Select(static n => new NewTask($"new {n}", TaskInput.OfText("x")))])),
        (nameof(IJournalStore.Exchange), Work),
        (nameof(IJournalStore.Exchange), Work),
        (nameof(IJournalStore.Apply), static store => store.Apply([TaskMove.Requeue(20, "again"), TaskMove.Skip(399, null, "no")])),
        (nameof(IJournalStore.Apply), static store => store.Apply(Plain(store), BatchMove.Pause("wait"))),
        (nameof(IJournalStore.ApplyToAll), static store => store.ApplyToAll(TaskMove.Requeue(0, "again"), new TaskQuery { Statuses = [JournalTaskStatus.Failed] })),
        (nameof(IJournalStore.AmendTask), static store => store.AmendTask(100, new TaskAmendment { Priority = 2, Metadata = JsonMap.Parse("""{"a":1}""") })),
        (nameof(IJournalStore.AmendBatch), static store => store.AmendBatch(Staged(store), new BatchAmendment { Metadata = JsonMap.Parse("""{"a":1}""") })),
        (nameof(IJournalStore.RenewLeases), static store => store.RenewLeases(Worker, Plain(store), Lease)),
        (nameof(IJournalStore.AddEvent), static store => store.AddEvent(Plain(store), null, new NewEvent("seen", "it was", 2))),
        (nameof(IJournalStore.AddTempFile), static store => store.AddTempFile(2, "/tmp/2")),
        (nameof(IJournalStore.ClearTempFiles), static store => store.ClearTempFiles(1)),
        (nameof(IJournalStore.ReadResults), static store => store.ReadResults(new ResultQuery { AllStages = true }).Count()),
        (nameof(IJournalStore.ReadOutbox), static store => store.ReadOutbox(null)),
        (nameof(IJournalStore.TakeResults), static store => store.TakeResults(Plain(store), [], Worker)),
        (nameof(IJournalStore.SettleResults), static store => store.SettleResults(Plain(store), Worker, null, WrittenResults.Leave)),
        (nameof(IJournalStore.SetCheckpoint), static store => store.SetCheckpoint(null, "scan", "1")),
        (nameof(IJournalStore.ClearCheckpoint), static store => store.ClearCheckpoint(null, "scan")),
        (nameof(IJournalStore.RemoveBatch), static store => store.RemoveBatch(Staged(store))),
        (nameof(IJournalStore.Optimize), static store => store.Optimize()),
        (nameof(IJournalStore.BackUp), static store => store.BackUp(store.Location + ".copy")),
    ];

    private static void Work(IJournalStore store)
    {
        foreach (var name in new[] { Plain(store), Staged(store) })
        {
            var claimed = store.Exchange(new ExchangeRequest(Worker, name, Lease) { Claim = 40 }).Claimed;
            store.Exchange(new ExchangeRequest(Worker, name, Lease) { Moves = [.. claimed.Select(static task => TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing))] });
        }
    }

    private static string Plain(IJournalStore store) => SampleJournal.IdOf(store, SampleJournal.PlainBatch);

    private static string Staged(IJournalStore store) => SampleJournal.IdOf(store, SampleJournal.StagedBatch);

    private static void Exhaust<T>(IEnumerable<T> items)
    {
        foreach (var item in items) _ = item?.ToString();
    }
}
