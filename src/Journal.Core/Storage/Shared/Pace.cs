namespace Journal.Storage.Shared;

/// <summary>
/// How fast the tasks of a batch, or of one key of it, may start: where its rate limit stands, and until when it is held back. Times are
/// microseconds by the journal's clock. The rate is a GCRA: one number says when the starts that were handed out are used up, so that a decision
/// reads and writes one row and never counts.
/// </summary>
/// <param name="At">When it was last written: a clock that has gone back is told by it.</param>
/// <param name="Spent">The instant until which what has started uses up the rate.</param>
/// <param name="HoldUntil">No task starts before; 0 for no hold.</param>
/// <param name="HoldReason">Why.</param>
public readonly record struct Pace(long At, long Spent, long HoldUntil, string? HoldReason)
{
    /// <summary>The same by a clock that says <paramref name="now"/>: one that has gone back takes the whole with it, so that it stalls nothing.</summary>
    public Pace ByClock(long now) =>
        now >= At ? this : this with { At = now, Spent = Math.Max(0, Spent - (At - now)), HoldUntil = HoldUntil == 0 ? 0 : Math.Max(0, HoldUntil - (At - now)) };

    /// <summary>When the next task may start; now or earlier where one may at once.</summary>
    public long OpensAt(RateLimit? limit) => limit is null ? HoldUntil : Math.Max(HoldUntil, Spent - (long)((limit.Burst - 1) * limit.IntervalMicros));

    /// <summary>Whether a task may start.</summary>
    public bool IsOpen(RateLimit? limit, long now) => OpensAt(limit) <= now;

    /// <summary>How many tasks of the cost 1 may start.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="now">The time.</param>
    /// <param name="most">No more than this.</param>
    public int Room(RateLimit? limit, long now, int most)
    {
        if (!IsOpen(limit, now)) return 0;
        if (limit is null) return most;
        var open = now + (limit.Burst - 1) * limit.IntervalMicros - Math.Max(Spent, now);
        return (int)Math.Min(most, Math.Max(1, Math.Floor(open / limit.IntervalMicros + 1e-6) + 1));
    }

    /// <summary>A task has started.</summary>
    public Pace Start(RateLimit? limit, long now, double cost) =>
        limit is null ? this : this with { At = now, Spent = Math.Max(Spent, now) + (long)Math.Ceiling(cost * limit.IntervalMicros) };

    /// <summary>A task that had started is given back: its start counts for nothing.</summary>
    public Pace GiveBack(RateLimit? limit, long now, double cost) =>
        limit is null ? this : this with { At = now, Spent = Math.Max(0, Spent - (long)Math.Ceiling(cost * limit.IntervalMicros)) };

    /// <summary>Holds back until a time, if that is later than it is held back already. When it is over one task starts, and the others at the pace of the limit.</summary>
    public Pace Hold(RateLimit? limit, long now, long until, string? reason)
    {
        if (until <= HoldUntil || until <= now) return this;
        var emptied = limit is null ? Spent : Math.Max(Spent, until + (long)((limit.Burst - 1) * limit.IntervalMicros));
        return this with { At = now, Spent = emptied, HoldUntil = until, HoldReason = reason };
    }

    /// <summary>The same under another limit: what was spent under the old one holds up no more than a full burst of the new one.</summary>
    public Pace Under(RateLimit? limit, long now) =>
        this with { At = now, Spent = Math.Min(Spent, Math.Max(now, HoldUntil) + (limit is null ? 0 : (long)(limit.Burst * limit.IntervalMicros))) };

    /// <summary>The same without its hold.</summary>
    public Pace Lifted(long now) => this with { At = now, Spent = HoldUntil > now ? Math.Min(Spent, now) : Spent, HoldUntil = 0, HoldReason = null };

    /// <summary>Whether nothing is left of what happened: a new one would say the same.</summary>
    public bool IsAtRest(long now) => Spent <= now && HoldUntil <= now;
}

/// <summary>What is written so that as many tasks of a key are next as may start.</summary>
/// <param name="PutsBack">Whether those that are next go back among the others that wait for the key.</param>
/// <param name="Kept">How many stay next.</param>
/// <param name="Admits">How many of those that wait become next, in their order.</param>
public readonly record struct Turnover(bool PutsBack, long Kept, int Admits);

/// <summary>What the limits of a batch mean for the next of its tasks, decided once for all engines.</summary>
public static class PaceRules
{
    // Of a key that has much room no more are made ready ahead: each claim of the key writes them anew. A claim that wants more gets the next ones.
    private const int MostAhead = 16;

    /// <summary>How many tasks of a key are made ready, and for when.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="pace">Where the key stands.</param>
    /// <param name="inProgress">How many of its tasks are in progress.</param>
    /// <param name="now">The time.</param>
    /// <returns>How many, and their time; 0 for at once.</returns>
    public static (int Room, long OpensAt) Next(BatchOptions options, Pace pace, long inProgress, long now)
    {
        var slots = options.ConcurrencyLimit is { } most ? (int)Math.Clamp(most - inProgress, 0, MostAhead) : MostAhead;
        if (slots == 0) return (0, 0);
        var opensAt = pace.OpensAt(options.RateLimit);
        // One alone has the time at which the key opens; the others follow when it has started.
        return opensAt > now ? (1, opensAt) : (pace.Room(options.RateLimit, now, slots), 0);
    }

    /// <summary>What makes as many tasks of a key next as may start. Not one for each that has started, but several when few are left: so the others are seldom written.</summary>
    /// <param name="room">How many may be next; see <see cref="Next"/>.</param>
    /// <param name="opensAt">Their time.</param>
    /// <param name="wasOpensAt">The time of those that are next.</param>
    /// <param name="next">How many are next; null where the order may have changed.</param>
    public static Turnover Settle(int room, long opensAt, long wasOpensAt, long? next)
    {
        if (next is not { } ready || ready > room || (room > 0 && opensAt != wasOpensAt)) return new Turnover(true, 0, room);
        return new Turnover(false, ready, ready * 2 <= room ? (int)(room - ready) : 0);
    }

    /// <summary>How many tasks of a batch that limits by no key may start at once.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="pace">Where the batch stands.</param>
    /// <param name="inProgress">How many of its tasks are in progress.</param>
    /// <param name="now">The time.</param>
    /// <param name="most">No more than this.</param>
    public static int Room(BatchOptions options, Pace pace, long inProgress, long now, int most)
    {
        if (options.ConcurrencyLimit is { } limit) most = (int)Math.Clamp(limit - inProgress, 0, most);
        return pace.Room(options.RateLimit, now, most);
    }

    /// <summary>The limits that a batch as a whole has: with a key none but what holds it back.</summary>
    public static BatchOptions OfBatch(BatchOptions options) =>
        options.LimitBy is null ? options : options with { RateLimit = null, ConcurrencyLimit = null };

    /// <summary>When the next task may be claimed.</summary>
    /// <param name="pace">Where the batch stands.</param>
    /// <param name="limit">The rate limit of the batch as a whole.</param>
    /// <param name="now">The time.</param>
    /// <param name="isReady">Whether a task is ready but for the batch's pace.</param>
    /// <param name="due">When the next one is ready that is not.</param>
    /// <returns>Null where none waits for a time.</returns>
    public static long? NextDue(Pace pace, RateLimit? limit, long now, bool isReady, long? due)
    {
        var opensAt = pace.OpensAt(limit);
        if (opensAt <= now) return due;
        return isReady ? opensAt : due is { } time ? Math.Max(time, opensAt) : null;
    }

    /// <summary>The time before which a new task may not be claimed, as it is stored. Of those of one key who is next is found when all are added.</summary>
    public static long NotBefore(NewTask task, BatchOptions options, long now) =>
        task.NotBefore is { } due && Micros.From(due) > now ? Math.Min(Micros.From(due), Waits.ForKey - 1)
        : task.LimitKey is not null && options.LimitBy is not null ? Waits.ForKey
        : 0;

    /// <summary>Refuses inputs whose limit keys are found in another way than those of the tasks that their batch has: the keys are the tasks' own.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="given">How they are found; null where nobody said.</param>
    /// <param name="mayBegin">Whether the line runs the batch: then a batch without tasks takes over the way that is given. Else it only adds tasks.</param>
    /// <exception cref="JournalException">LimitByChanged.</exception>
    public static void RequireLimitBy(JournalBatch batch, string? given, bool mayBegin)
    {
        var was = batch.Options.LimitBy;
        if (given != was && !(given is not null && mayBegin && batch.Total == 0)) throw JournalErrors.LimitByChanged(
            batch.Id, was, given, mayBegin ? "Use -New for a new batch." : "Start-JournalBatch begins a new batch with other keys.");
    }

    /// <summary>Checks what a new task says of its pace.</summary>
    /// <exception cref="JournalException">InvalidCost.</exception>
    public static void Check(NewTask task, BatchOptions options)
    {
        var most = options.RateLimit?.Count ?? double.MaxValue;
        if (!(task.Cost > 0) || task.Cost > most) throw JournalErrors.InvalidCost(task.Key, task.Cost, options.RateLimit);
    }
}

/// <summary>Why a task that waits is not ready, told by the time before which it may not be claimed.</summary>
public static class Waits
{
    /// <summary>The task waits for its key: others of the same key are before it.</summary>
    public static readonly long ForKey = Micros.From(new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));

    /// <summary>An operator holds the task.</summary>
    public static readonly long ForOperator = ForKey + 1;

    /// <summary>Whether it is a time at which the task is ready by itself.</summary>
    public static bool IsTime(long notBefore) => notBefore > 0 && notBefore < ForKey;
}
