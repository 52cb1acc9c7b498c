using System.Collections.Concurrent;
using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Workers;

namespace Journal.Postgres.Reading;

/// <summary>
/// What the store remembers of batches and workers between transactions. Safe because a worker's row never changes or goes, because a batch's
/// revision tells when its facts did, and because numbers are never given out twice: what brings one is durable at once, whatever else the session
/// promises. A server that takes another one's place may know less; but then all connections broke, and what was remembered is forgotten.
/// </summary>
internal sealed class Catalog(string location)
{
    private readonly ConcurrentDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, BatchFacts> _facts = new();
    private readonly ConcurrentDictionary<WorkerIdentity, long> _workers = new();

    /// <summary>The number of a batch; null when there is none with this id. One that was remembered may be gone meanwhile.</summary>
    public long? NumberOf(Pipeline pipeline, string id)
    {
        if (_numbers.TryGetValue(id, out var known)) return known;
        long? number = null;
        pipeline.Add(new Command(BatchStatements.NumberOfId).With(id), row => number = row.Integer(0)).Send();
        return number is { } found ? _numbers[id] = found : null;
    }

    /// <summary>Whether a batch is known as one whose starts are limited.</summary>
    public bool IsPaced(long number) => _facts.TryGetValue(number, out var known) && known.Options.NeedsPaceLock;

    /// <summary>Forgets a batch that was not there any more.</summary>
    public void Forget(string id) => _numbers.TryRemove(id, out _);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _facts.Clear();
        _workers.Clear();
    }

    /// <summary>The facts of batches whose revisions were just read.</summary>
    public IReadOnlyDictionary<long, BatchFacts> Facts(Pipeline pipeline, IReadOnlyCollection<(long Number, long Revision)> batches)
    {
        var facts = new Dictionary<long, BatchFacts>();
        foreach (var (number, revision) in batches)
        {
            if (_facts.TryGetValue(number, out var known) && known.Revision == revision) facts[number] = known;
        }

        var stale = batches.Where(batch => !facts.ContainsKey(batch.Number)).Select(static batch => batch.Number).ToList();
        if (stale.Count > 0)
        {
            pipeline.Add(new Command(BatchStatements.Facts).With(stale), row =>
            {
                var read = StoredBatch.ReadFacts(row, location);
                _facts[read.Number] = facts[read.Number] = read;
            }).Send();
        }

        return facts;
    }

    /// <summary>What tells a worker from every other.</summary>
    public static Guid DigestOf(WorkerIdentity worker) =>
        Digest.Of(string.Join('\n', worker.Nonce, worker.ProcessId, worker.ProcessStart, worker.ProcessSpace, worker.Host, worker.Name));

    /// <summary>The number of a worker, which is written down when it is new.</summary>
    /// <param name="pipeline">Where.</param>
    /// <param name="worker">Who.</param>
    /// <param name="settings">The settings for that; null inside a transaction, which has them, and which may be undone, so that nothing is remembered.</param>
    public long Enrol(Pipeline pipeline, WorkerIdentity worker, Func<Command>? settings)
    {
        if (_workers.TryGetValue(worker, out var known)) return known;
        var identity = DigestOf(worker);
        long number = 0;
        if (settings is not null) pipeline.Add(settings(), static _ => { });
        pipeline
            .Add(new Command(DurabilityStatements.Durably), static _ => { })
            .Add(new Command(WorkerStatements.Insert).With(identity).With(worker.Nonce).With(worker.ProcessId).With(worker.ProcessStart)
                .With(worker.ProcessSpace).With(worker.Host).With(worker.Name).With(worker.Label))
            .Add(new Command(WorkerStatements.Find).With(identity), row => number = row.Integer(0))
            .Send();
        if (settings is not null) _workers[worker] = number;
        return number;
    }
}
