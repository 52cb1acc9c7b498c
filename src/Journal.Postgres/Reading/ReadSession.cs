using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Npgsql;

namespace Journal.Postgres.Reading;

/// <summary>One snapshot of the journal, on a connection of its own.</summary>
internal sealed class ReadSession(NpgsqlConnection connection, Catalog catalog, string location) : IDisposable
{
    private Dictionary<long, BatchFacts>? _all;

    public Pipeline Pipeline { get; } = new(connection);

    public Catalog Catalog { get; } = catalog;

    public string Location { get; } = location;

    /// <summary>Up to which id no event is under way; null where that was not asked.</summary>
    public long? TrailEnd { get; private set; }

    /// <summary>
    /// Finds out up to which id the trail of all batches is complete. Within a batch, events appear in the order of their ids; across batches, one
    /// with a lower id may appear later, and a follower that has passed it would never see it. What is sent together is one transaction, with which the lock ends.
    /// </summary>
    public void AwaitTrail(long trailLock, Command settings) => Pipeline
        .Add(settings, static _ => { })
        .Add(new Command(HistoryStatements.AwaitTrail).With(trailLock), static _ => { })
        .Add(new Command(HistoryStatements.TrailEnd), row => TrailEnd = row.Integer(0))
        .Send();

    public void Dispose() => EngineFailures.LetGo(connection);

    /// <summary>The facts of the batches with some ids, or of all.</summary>
    public IReadOnlyList<BatchFacts> Batches(IReadOnlyList<string>? ids)
    {
        if (ids is null) return [.. All.Values];
        var found = new List<BatchFacts>();
        Pipeline.Add(new Command(BatchStatements.FactsById).With(ids.Distinct()), row => found.Add(StoredBatch.ReadFacts(row, Location))).Send();
        return found;
    }

    /// <summary>The facts of every batch, by number.</summary>
    public IReadOnlyDictionary<long, BatchFacts> All
    {
        get
        {
            if (_all is not null) return _all;
            _all = [];
            Pipeline.Add(new Command(BatchStatements.AllFacts), row => _all[row.Integer(0)] = StoredBatch.ReadFacts(row, Location)).Send();
            return _all;
        }
    }

    /// <summary>The facts of the batch of a row.</summary>
    public BatchFacts Batch(IReadOnlyDictionary<long, BatchFacts> batches, long number) =>
        batches.TryGetValue(number, out var batch) ? batch : throw JournalErrors.JournalCorrupt(Location, FormattableString.Invariant($"batch number {number} is missing"));
}
