using System.Globalization;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Benchmarks;

/// <summary>What limits that never bind cost a claim, one at a time and durable, beside a batch without any; and what a key without room costs that has nine tasks of ten.</summary>
internal static class Pace
{
    private const int Turns = 20;

    // So that all of a turn's starts are within it.
    private static readonly BatchOptions Rated = new() { RateLimit = RateLimit.Parse("1000000/1m+100000") };
    private static readonly BatchOptions Keyed = new() { ConcurrencyLimit = 8, LimitBy = "Server" };

    public static IEnumerable<Line> Measure(int tasks, int large)
    {
        using var free = new ScratchJournal(tasks * 2);
        using var rated = new ScratchJournal(tasks * 2, Rated);
        using var keyed = new ScratchJournal(tasks * 2, Keyed, static n => $"server{n % 50}");
        using var freeStore = free.Open();
        using var ratedStore = rated.Open();
        using var keyedStore = keyed.Open();
        var times = Sample.InTurn(
            Turns,
            () => Sample.Milliseconds(() => Finish(free, freeStore, tasks / Turns)),
            () => Sample.Milliseconds(() => Finish(rated, ratedStore, tasks / Turns)),
            () => Sample.Milliseconds(() => Finish(keyed, keyedStore, tasks / Turns)));
        yield return Beside("Claim + complete with a rate limit", tasks, times[1], times[0]);
        yield return Beside("Claim + complete with a concurrency key, of 50", tasks, times[2], times[0]);
        yield return Hot(large);
    }

    private static Line Beside(string what, int tasks, double with, double without)
    {
        var (each, free) = (with * 1000 * Turns / tasks, without * 1000 * Turns / tasks);
        return new Line(what, tasks, Text($"{each:0.0} µs"), Text($"without {free:0.0} µs"), Text($"{each / free:0.00} times"), "<= 1.25", each / free <= 1.25);
    }

    // The hot key has no room, for one of its tasks is in progress all the time.
    private static Line Hot(int large)
    {
        var options = Keyed with { ConcurrencyLimit = 1 };
        using var few = new ScratchJournal(1_000, options, static n => n < 900 ? "hot" : $"server{n % 50}");
        using var many = new ScratchJournal(large, options, n => n < large / 10 * 9 ? "hot" : $"server{n % 50}");
        using var fewStore = few.Open(Durability.Normal);
        using var manyStore = many.Open(Durability.Normal);
        foreach (var (journal, store) in new[] { (few, fewStore), (many, manyStore) }) store.Exchange(new ExchangeRequest(journal.Worker, journal.BatchId, ScratchJournal.Lease) { Claim = 1 });
        var times = Sample.InTurn(Turns, () => Sample.Milliseconds(() => Finish(few, fewStore, 4)), () => Sample.Milliseconds(() => Finish(many, manyStore, 4)));
        var ratio = times[1] / times[0];
        return new Line(
            "Claim + complete beside a key without room that has 90 %", large, Text($"{times[1] * 1000 / 4:0.0} µs"), Text($"with 1000 tasks {times[0] * 1000 / 4:0.0} µs"),
            Text($"{ratio:0.00} times"), "<= 1.25", ratio <= 1.25);
    }

    private static void Finish(ScratchJournal journal, IJournalStore store, int tasks)
    {
        IReadOnlyList<TaskMove> moves = [];
        for (var done = 0; done <= tasks; done++)
        {
            var result = store.Exchange(new ExchangeRequest(journal.Worker, journal.BatchId, ScratchJournal.Lease) { Moves = moves, Claim = done < tasks ? 1 : 0 });
            if (done < tasks && result.Claimed.Count != 1) throw new InvalidOperationException("A limit that was not to bind did.");
            moves = [.. result.Claimed.Select(static task => TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing, TimeSpan.FromMilliseconds(5)))];
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
