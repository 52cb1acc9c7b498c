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
    private readonly HashSet<(long Batch, Guid Key)> _touched = [];
    private readonly List<Action> _later = [];

    /// <summary>Something happened to tasks of a key.</summary>
    public void Touch(BatchWork batch, Guid? key)
    {
        if (key is { } known && batch.Facts.Options.LimitBy is not null) _touched.Add((batch.Number, known));
    }

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
        entry.InProgress++;
        _touched.Add((batch.Number, key));
    }

    /// <summary>A start is given back, once the keys are read.</summary>
    public void GiveBack(BatchWork batch, Guid key, double cost)
    {
        Touch(batch, key);
        _later.Add(() => Of(batch, key).Pace = Of(batch, key).Pace.GiveBack(batch.Facts.Options.RateLimit, session.Now, cost));
    }

    /// <summary>Holds a key back, once the keys are read.</summary>
    public void Hold(BatchWork batch, Guid key, long until, string? reason)
    {
        Touch(batch, key);
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
            _touched.Add((batch.Number, key));
        }
    }

    /// <summary>Reads where keys stand, in one trip.</summary>
    public void Read(BatchWork batch, IEnumerable<Guid> keys)
    {
        var unknown = keys.Where(key => !_entries.ContainsKey((batch.Number, key))).Distinct().ToList();
        if (unknown.Count == 0) return;
        session.Pipeline.Add(new Command(PaceStatements.Find).With(batch.Number).With(unknown), row =>
        {
            var entry = new Entry { InProgress = row.Integer(1) };
            if (row.Flag(2)) (entry.OpensAt, entry.Pace) = (row.Integer(3), StoredBatch.ReadPace(row, 4).ByClock(session.Now));
            _entries[(batch.Number, row.Digest(0))] = entry;
        }).Send();
    }

    /// <summary>Of every key that was touched, those become ready that may start. What was sent before is executed first.</summary>
    public void Settle()
    {
        foreach (var keys in _touched.GroupBy(static key => key.Batch).ToList())
        {
            var batch = session.Batch(keys.Key);
            Settle(batch, batch.Facts.Options, [.. keys.Select(static key => key.Key)]);
        }

        _touched.Clear();
    }

    private void Settle(BatchWork batch, BatchOptions options, List<Guid> keys)
    {
        Read(batch, keys);
        foreach (var late in _later) late();
        _later.Clear();
        session.Pipeline.Add(new Command(PaceStatements.InProgress).With(batch.Number).With(keys), row => Of(batch, row.Digest(0)).InProgress = row.Integer(1)).Send();
        session.Pipeline.Add(new Command(PaceStatements.PutBack).With(batch.Number).With(keys).With(keys.Select(key => Of(batch, key).OpensAt)).With(Waits.ForKey));
        var rooms = keys.ConvertAll(key => PaceRules.Next(options, Of(batch, key).Pace, Of(batch, key).InProgress, session.Now));
        session.Pipeline.Add(new Command(PaceStatements.Admit).With(batch.Number).With(keys)
            .With(rooms.Select(static room => room.OpensAt)).With(rooms.Select(static room => room.Room)).With(Waits.ForKey));
        for (var i = 0; i < keys.Count; i++) Of(batch, keys[i]).OpensAt = rooms[i].OpensAt;
        var written = keys.ConvertAll(key => Of(batch, key));
        session.Pipeline.Add(new Command(PaceStatements.Write).With(batch.Number).With(keys)
            .With(written.Select(static entry => entry.Pace.At)).With(written.Select(static entry => entry.Pace.Spent)).With(written.Select(static entry => entry.Pace.HoldUntil))
            .With(written.Select(static entry => entry.Pace.HoldReason)).With(written.Select(static entry => entry.OpensAt)));
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
    }
}
