using Journal.Postgres.Engine;
using Journal.Postgres.Statements;

namespace Journal.Postgres.Writing;

/// <summary>
/// The limits by key that a transaction meets. Of each key only so many tasks are ready as may start, and all others wait for their key: so a key that
/// has no room holds up nobody behind it, and a claim costs the same whatever waits. Keys that were touched are settled before the commit. The
/// transaction holds the lock of the batch's pace, see <see cref="WriteSession"/>.
/// </summary>
internal sealed class KeyedPace(WriteSession session)
{
    private readonly Dictionary<(long Batch, Guid Key), Entry> _entries = [];
    // Whether the order of those that wait may have changed.
    private readonly Dictionary<(long Batch, Guid Key), bool> _touched = [];
    private readonly List<Action> _later = [];

    /// <summary>Something happened to tasks of a key.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="key">The key's digest; null for none.</param>
    /// <param name="reorders">Whether a task that waits came, came back or was changed: it may be before those that are next. Not where one has merely begun or ended.</param>
    public void Touch(BatchWork batch, Guid? key, bool reorders)
    {
        if (key is not { } known || batch.Facts.Options.LimitBy is null) return;
        if (_entries.TryGetValue((batch.Number, known), out var entry)) entry.IsCounted = false;
        ToSettle(batch, known, reorders);
    }

    private void ToSettle(BatchWork batch, Guid key, bool reorders) =>
        _touched[(batch.Number, key)] = reorders || _touched.GetValueOrDefault((batch.Number, key));

    /// <summary>Whether a task of a key may start now; it is counted by <see cref="Start"/>.</summary>
    public bool IsOpen(BatchWork batch, Guid key)
    {
        var entry = Of(batch, key);
        var options = batch.Facts.Options;
        return entry.Pace.IsOpen(options.RateLimit, session.Now) && !(entry.InProgress >= options.ConcurrencyLimit);
    }

    /// <summary>A task of a key starts.</summary>
    public void Start(BatchWork batch, Guid key, double cost)
    {
        var entry = Of(batch, key);
        entry.Pace = entry.Pace.Start(batch.Facts.Options.RateLimit, session.Now, cost);
        // It was one of those that are next, and is known to be in progress: nothing is counted again.
        entry.InProgress++;
        entry.Next--;
        ToSettle(batch, key, reorders: false);
    }

    /// <summary>A start is given back, once the keys are read.</summary>
    public void GiveBack(BatchWork batch, Guid key, double cost)
    {
        Touch(batch, key, reorders: false);
        _later.Add(() => Of(batch, key).Pace = Of(batch, key).Pace.GiveBack(batch.Facts.Options.RateLimit, session.Now, cost));
    }

    /// <summary>Holds a key back, once the keys are read.</summary>
    public void Hold(BatchWork batch, Guid key, long until, string? reason)
    {
        Touch(batch, key, reorders: true);
        _later.Add(() => Of(batch, key).Pace = Of(batch, key).Pace.Hold(batch.Facts.Options.RateLimit, session.Now, until, reason));
    }

    /// <summary>Settles every key of a batch anew, because its limits changed, or its holds are lifted.</summary>
    public void Renew(BatchWork batch, bool lifts = false)
    {
        var keys = new List<Guid>();
        session.Pipeline.Add(new Command(PaceStatements.Keys).With(batch.Number), row => keys.Add(row.Digest(0))).Send();
        Read(batch, keys);
        foreach (var key in keys)
        {
            var entry = Of(batch, key);
            entry.Pace = lifts ? entry.Pace.Lifted(session.Now) : entry.Pace.Under(batch.Facts.Options.RateLimit, session.Now);
            ToSettle(batch, key, reorders: true);
        }
    }

    /// <summary>Reads where keys stand, and counts their tasks, in one trip. What is known of a key stays.</summary>
    public void Read(BatchWork batch, IEnumerable<Guid> keys)
    {
        var unknown = keys.Where(key => _entries.GetValueOrDefault((batch.Number, key)) is not { IsCounted: true }).Distinct().ToList();
        if (unknown.Count == 0) return;
        session.Pipeline.Add(new Command(PaceStatements.Find).With(batch.Number).With(unknown), row =>
        {
            var key = (batch.Number, row.Digest(0));
            if (!_entries.TryGetValue(key, out var entry))
            {
                entry = _entries[key] = new Entry();
                if (row.Flag(3)) (entry.OpensAt, entry.Pace) = (row.Integer(4), StoredBatch.ReadPace(row, 5));
                entry.Stored = (entry.Pace, entry.OpensAt);
                entry.Pace = entry.Pace.ByClock(session.Now);
            }

            (entry.InProgress, entry.Next, entry.IsCounted) = (row.Integer(1), row.Integer(2), true);
        }).Send();
    }

    /// <summary>Of every key that was touched, those become ready that may start. What was sent before is executed first.</summary>
    public void Settle()
    {
        foreach (var keys in _touched.GroupBy(static key => key.Key.Batch).ToList())
        {
            var batch = session.Batch(keys.Key);
            Settle(batch, batch.Facts.Options, keys.ToDictionary(static key => key.Key.Key, static key => key.Value));
        }

        _touched.Clear();
    }

    private void Settle(BatchWork batch, BatchOptions options, Dictionary<Guid, bool> keys)
    {
        Read(batch, keys.Keys);
        foreach (var late in _later) late();
        _later.Clear();
        List<(Guid Key, long OpensAt)> back = [];
        List<(Guid Key, long OpensAt, int Room)> admitted = [];
        List<(Guid Key, Entry Entry)> written = [];
        foreach (var (key, reorders) in keys)
        {
            var entry = Of(batch, key);
            var (room, opensAt) = PaceRules.Next(options, entry.Pace, entry.InProgress, session.Now);
            var (putsBack, kept, admits) = PaceRules.Settle(room, opensAt, entry.OpensAt, reorders ? null : entry.Next);
            if (putsBack) back.Add((key, entry.OpensAt));
            if (admits > 0) admitted.Add((key, opensAt, admits));
            entry.Next = kept;
            entry.OpensAt = kept + admits == 0 ? 0 : opensAt;
            if (entry.Stored == (entry.Pace, entry.OpensAt)) continue;
            entry.Stored = (entry.Pace, entry.OpensAt);
            written.Add((key, entry));
        }

        if (back.Count > 0) session.Pipeline.Add(new Command(PaceStatements.PutBack).With(batch.Number).With(back.Select(static of => of.Key)).With(back.Select(static of => of.OpensAt)).With(Waits.ForKey));
        if (admitted.Count > 0)
        {
            session.Pipeline.Add(
                new Command(PaceStatements.Admit).With(batch.Number).With(admitted.Select(static of => of.Key)).With(admitted.Select(static of => of.OpensAt))
                    .With(admitted.Select(static of => of.Room)).With(Waits.ForKey),
                row => Of(batch, row.Digest(0)).Next++);
        }

        if (written.Count == 0) return;
        session.Pipeline.Add(new Command(PaceStatements.Write).With(batch.Number).With(written.Select(static of => of.Key))
            .With(written.Select(static of => of.Entry.Pace.At)).With(written.Select(static of => of.Entry.Pace.Spent)).With(written.Select(static of => of.Entry.Pace.HoldUntil))
            .With(written.Select(static of => of.Entry.Pace.HoldReason)).With(written.Select(static of => of.Entry.OpensAt)));
    }

    private Entry Of(BatchWork batch, Guid key)
    {
        if (!_entries.ContainsKey((batch.Number, key))) Read(batch, [key]);
        return _entries[(batch.Number, key)];
    }

    private sealed class Entry
    {
        public Pace Pace { get; set; }

        public long OpensAt { get; set; }

        public long InProgress { get; set; }

        /// <summary>How many of its tasks are next.</summary>
        public long Next { get; set; }

        /// <summary>Whether both are as they are now: nothing has happened since but what is counted here.</summary>
        public bool IsCounted { get; set; }

        public (Pace, long) Stored { get; set; }
    }
}
