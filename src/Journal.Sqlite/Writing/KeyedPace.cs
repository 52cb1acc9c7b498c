using Journal.Sqlite.Statements;

namespace Journal.Sqlite.Writing;

/// <summary>
/// The limits by key that a transaction meets. Of each key only so many tasks are ready as may start, and all others wait for their key: so a key that
/// has no room holds up nobody behind it, and a claim costs the same whatever waits. Keys that were touched are settled at the end of the transaction.
/// </summary>
internal sealed class KeyedPace(WriteSession session)
{
    private readonly Dictionary<(long Batch, string Key), Entry> _entries = [];
    // Whether the order of those that wait may have changed.
    private readonly Dictionary<(long Batch, string Key), bool> _touched = [];

    /// <summary>Something happened to tasks of a key.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="key">The key; null for none.</param>
    /// <param name="reorders">Whether a task that waits came, came back or was changed: it may be before those that are next. Not where one has merely begun or ended.</param>
    public void Touch(BatchEntry batch, string? key, bool reorders)
    {
        if (key is null) return;
        if (_entries.TryGetValue((batch.Number, key), out var entry)) (entry.InProgress, entry.Next) = (null, null);
        ToSettle(batch, key, reorders);
    }

    private void ToSettle(BatchEntry batch, string key, bool reorders) =>
        _touched[(batch.Number, key)] = reorders || _touched.GetValueOrDefault((batch.Number, key));

    /// <summary>Whether a task of a key may start now, as far as is known: it is counted by <see cref="Start"/>.</summary>
    public bool IsOpen(BatchEntry batch, string key)
    {
        var entry = Of(batch, key);
        var options = session.Facts(batch).Options;
        return entry.Pace.IsOpen(options.RateLimit, session.Now) && !(InProgress(batch, key, options, entry) >= options.ConcurrencyLimit);
    }

    /// <summary>A task of a key starts.</summary>
    public void Start(BatchEntry batch, string key, double cost)
    {
        var entry = Of(batch, key);
        entry.Pace = entry.Pace.Start(session.Facts(batch).Options.RateLimit, session.Now, cost);
        // It was one of those that are next, and is known to be in progress: nothing is counted again.
        entry.InProgress++;
        entry.Next--;
        ToSettle(batch, key, reorders: false);
    }

    /// <summary>A start is given back.</summary>
    public void GiveBack(BatchEntry batch, string key, double cost)
    {
        var entry = Of(batch, key);
        entry.Pace = entry.Pace.GiveBack(session.Facts(batch).Options.RateLimit, session.Now, cost);
    }

    /// <summary>Holds a key back.</summary>
    public void Hold(BatchEntry batch, string key, long until, string? reason)
    {
        var entry = Of(batch, key);
        entry.Pace = entry.Pace.Hold(session.Facts(batch).Options.RateLimit, session.Now, until, reason);
        Touch(batch, key, reorders: true);
    }

    /// <summary>Settles every key of a batch anew, because its limits changed, or its holds are lifted.</summary>
    public void Renew(BatchEntry batch, bool lifts = false)
    {
        if (session.Facts(batch).Options.LimitBy is null) return;
        var names = new List<string>();
        var keys = session.Prepared(PaceStatements.Keys).Bind(1, batch.Number);
        while (keys.Step()) names.Add(keys.Text(0)!);
        foreach (var key in names)
        {
            var entry = Of(batch, key);
            entry.Pace = lifts ? entry.Pace.Lifted(session.Now) : entry.Pace.Under(session.Facts(batch).Options.RateLimit, session.Now);
            Touch(batch, key, reorders: true);
        }
    }

    /// <summary>Of every key that was touched, those become ready that may start.</summary>
    public void Settle()
    {
        foreach (var ((number, key), reorders) in _touched)
        {
            var batch = session.Batch(number);
            if (session.Facts(batch).Options is { LimitBy: not null } options) Settle(batch, key, options, reorders);
        }

        _touched.Clear();
    }

    private void Settle(BatchEntry batch, string key, BatchOptions options, bool reorders)
    {
        var entry = Of(batch, key);
        var (room, opensAt) = PaceRules.Next(options, entry.Pace, InProgress(batch, key, options, entry), session.Now);
        long? known = reorders ? null : entry.Next ?? session.Prepared(PaceStatements.Next).Bind(1, batch.Number).Bind(2, key).Bind(3, entry.OpensAt).RequiredScalar();
        var (putsBack, next, admits) = PaceRules.Settle(room, opensAt, entry.OpensAt, known);
        if (putsBack) session.Prepared(PaceStatements.PutBack).Bind(1, batch.Number).Bind(2, key).Bind(3, entry.OpensAt).Bind(4, Waits.ForKey).Execute();
        if (admits > 0) next += session.Prepared(PaceStatements.Admit).Bind(1, batch.Number).Bind(2, key).Bind(3, opensAt).Bind(4, Waits.ForKey).Bind(5, admits).Execute();
        entry.OpensAt = next == 0 ? 0 : opensAt;
        entry.Next = next;
        Write(batch, key, entry);
    }

    // A key at rest, of which none waits for its opening, needs no row.
    private void Write(BatchEntry batch, string key, Entry entry)
    {
        if (entry.OpensAt == 0 && entry.Pace.IsAtRest(session.Now))
        {
            if (entry.IsStored) session.Prepared(PaceStatements.Forget).Bind(1, batch.Number).Bind(2, key).Execute();
            entry.IsStored = false;
            return;
        }

        if (entry.IsStored && entry.Stored == (entry.Pace, entry.OpensAt)) return;
        session.Prepared(PaceStatements.Write)
            .Bind(1, batch.Number).Bind(2, key).Bind(3, entry.Pace.At).Bind(4, entry.Pace.Spent).Bind(5, entry.Pace.HoldUntil).Bind(6, entry.Pace.HoldReason)
            .Bind(7, entry.OpensAt).Execute();
        entry.IsStored = true;
        entry.Stored = (entry.Pace, entry.OpensAt);
    }

    private Entry Of(BatchEntry batch, string key)
    {
        if (_entries.TryGetValue((batch.Number, key), out var known)) return known;
        var entry = new Entry();
        var row = session.Prepared(PaceStatements.Find).Bind(1, batch.Number).Bind(2, key);
        if (row.Step())
        {
            (entry.Pace, entry.OpensAt, entry.IsStored) = (StoredBatch.ReadPace(row, 0), row.Integer(4), true);
            entry.Stored = (entry.Pace, entry.OpensAt);
        }

        row.Reset();
        entry.Pace = entry.Pace.ByClock(session.Now);
        return _entries[(batch.Number, key)] = entry;
    }

    private long InProgress(BatchEntry batch, string key, BatchOptions options, Entry entry) =>
        options.ConcurrencyLimit is null ? 0 : entry.InProgress ??= session.Prepared(PaceStatements.InProgress).Bind(1, batch.Number).Bind(2, key).RequiredScalar();

    private sealed class Entry
    {
        public Pace Pace { get; set; }

        public long OpensAt { get; set; }

        /// <summary>How many tasks of it are in progress; null until they are counted, and after something happened to them.</summary>
        public long? InProgress { get; set; }

        /// <summary>How many are next; null as above.</summary>
        public long? Next { get; set; }

        public bool IsStored { get; set; }

        public (Pace, long) Stored { get; set; }
    }
}
