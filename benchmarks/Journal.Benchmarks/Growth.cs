using System.Globalization;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Benchmarks;

/// <summary>
/// What the everyday operations cost in a large journal beside one of a thousand tasks. Without waiting for the disk (Durability.Normal), which
/// costs both the same and would hide the difference.
/// </summary>
internal static class Growth
{
    private const int Small = 1_000;
    private const int Rounds = 41;
    private const int Group = 20;

    private static readonly (string Name, Action<ScratchJournal, IJournalStore, int> Run)[] Operations =
    [
        ("claim + complete", static (journal, store, _) => journal.Finish(store, Group)),
        ("add", static (journal, store, round) => store.AddTasks(journal.BatchId, [.. ScratchJournal.Keys(2_000_000_000 - (round * Group), Group).Select(ScratchJournal.New)])),
        ("fail, requeue", static (journal, store, round) => FailAndRequeue(journal, store)),
        ("find by id", static (journal, store, round) => Repeat(store, static (store, i) => store.FindTask(1 + i))),
        ("find by key", static (journal, store, round) => Repeat(store, (store, i) => store.ReadTasks(new TaskQuery { BatchIds = [journal.BatchId], Keys = [TextPattern.Exactly(ScratchJournal.Keys(i, 1).First())] }).Single())),
        ("counts", static (journal, store, _) => Repeat(store, (store, _) => store.FindBatch(journal.BatchId))),
        ("failed ones, first 20", static (journal, store, _) => store.ReadTasks(new TaskQuery { BatchIds = [journal.BatchId], Statuses = [JournalTaskStatus.Failed], First = Group }).Count()),
        ("history of a task", static (journal, store, _) => Repeat(store, static (store, i) => store.ReadEvents(new EventQuery { TaskIds = [1 + i] }).Count())),
        ("metadata of a task", static (journal, store, _) => Repeat(store, static (store, i) => store.AmendTask(1 + i, new TaskAmendment { Priority = i, Reason = "bench" }))),
    ];

    public static Line Measure(int large)
    {
        using var few = new ScratchJournal(Small * 3);
        using var many = new ScratchJournal(large);
        using var fewStore = few.Open(Durability.Normal);
        using var manyStore = many.Open(Durability.Normal);
        few.Finish(fewStore, Small / 2, failuresInHundred: 10);
        many.Finish(manyStore, large / 4, failuresInHundred: 10);
        var growth = Operations.Select(operation =>
        {
            var round = 0;
            var times = Sample.InTurn(
                Rounds,
                () => Sample.Milliseconds(() => operation.Run(few, fewStore, ++round)),
                () => Sample.Milliseconds(() => operation.Run(many, manyStore, round)));
            return (operation.Name, Ratio: times[1] / times[0], Each: times[1] * 1000 / Group);
        }).ToList();
        foreach (var (name, ratio, each) in growth) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {name,-24} {each,8:0.0} µs, {ratio:0.00} of the small journal's time"));
        var worst = growth.MaxBy(static operation => operation.Ratio);
        return new Line(
            $"Growth of {growth.Count} operations, the worst: {worst.Name}", large, string.Create(CultureInfo.InvariantCulture, $"{worst.Each:0.0} µs"),
            string.Create(CultureInfo.InvariantCulture, $"with {Small} tasks {worst.Each / worst.Ratio:0.0} µs"), string.Create(CultureInfo.InvariantCulture, $"{worst.Ratio:0.00} times"), "<= 1.15", worst.Ratio <= 1.15);
    }

    private static void Repeat(IJournalStore store, Func<IJournalStore, int, object?> operation)
    {
        for (var i = 0; i < Group; i++) operation(store, i);
    }

    private static void FailAndRequeue(ScratchJournal journal, IJournalStore store)
    {
        var claimed = store.Exchange(new ExchangeRequest(journal.Worker, journal.BatchId, ScratchJournal.Lease) { Claim = Group }).Claimed;
        store.Apply([.. claimed.Select(static task => TaskMove.Fail(task.Id, task.Token, new TaskError(JournalErrorCategory.NotFound, "gone", "gone"), TaskReport.Nothing))]);
        store.Apply([.. claimed.Select(static task => TaskMove.Requeue(task.Id, "bench"))]);
    }
}
