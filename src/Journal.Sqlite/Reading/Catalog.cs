using System.Collections.Concurrent;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Workers;

namespace Journal.Sqlite.Reading;

/// <summary>
/// What the store remembers of batches and workers between statements. Safe because a worker's row never changes or goes, because a batch's
/// revision tells when its facts did, because numbers of batches are never given out twice, and because a rollback forgets everything.
/// </summary>
internal sealed class Catalog(string location)
{
    private readonly ConcurrentDictionary<long, BatchFacts> _batches = new();
    private readonly ConcurrentDictionary<long, string> _workerNames = new();
    private readonly ConcurrentDictionary<WorkerIdentity, long> _workerNumbers = new();

    /// <summary>The journal as users name it: every object carries it.</summary>
    public string Location { get; } = location;

    /// <summary>Forgets what a transaction that was undone may have told.</summary>
    public void Clear()
    {
        _batches.Clear();
        _workerNames.Clear();
        _workerNumbers.Clear();
    }

    /// <summary>The facts of a batch as a connection sees it now.</summary>
    public BatchFacts Batch(Database database, long number) =>
        Batch(database, number, database.Prepared(BatchStatements.Revision).Bind(1, number).Scalar() ?? 0);

    /// <summary>The facts of a batch whose revision was just read.</summary>
    public BatchFacts Batch(Database database, long number, long revision)
    {
        if (_batches.TryGetValue(number, out var known) && known.Revision == revision) return known;
        var statement = database.Prepared(BatchStatements.Facts).Bind(1, number);
        if (!statement.Step()) throw JournalErrors.JournalCorrupt(Location, $"batch number {number} is missing");
        var facts = StoredBatch.ReadFacts(statement, Location);
        statement.Reset();
        return _batches[number] = facts;
    }

    /// <summary>What a worker is called.</summary>
    public string? WorkerName(Database database, long? number)
    {
        if (number is not { } known) return null;
        if (_workerNames.TryGetValue(known, out var name)) return name;
        var statement = database.Prepared(WorkerStatements.Name).Bind(1, known);
        if (!statement.Step()) return null;
        name = statement.Text(0)!;
        statement.Reset();
        return _workerNames[known] = name;
    }

    /// <summary>The number of a worker; null when the journal has not met it.</summary>
    public long? FindWorker(Database database, WorkerIdentity worker)
    {
        if (_workerNumbers.TryGetValue(worker, out var number)) return number;
        var found = Bind(database.Prepared(WorkerStatements.Find), worker).Scalar();
        return found is { } known ? _workerNumbers[worker] = known : null;
    }

    /// <summary>The number of a worker, which is written down when it is new.</summary>
    public long Enrol(Database writer, WorkerIdentity worker)
    {
        if (FindWorker(writer, worker) is { } known) return known;
        var number = Bind(writer.Prepared(WorkerStatements.Insert), worker).Bind(7, worker.Label).RequiredScalar();
        writer.Prepared(WorkerStatements.Insert).Reset();
        return _workerNumbers[worker] = number;
    }

    private static Statement Bind(Statement statement, WorkerIdentity worker) => statement
        .Bind(1, worker.Nonce).Bind(2, worker.ProcessId).Bind(3, worker.ProcessStart).Bind(4, worker.ProcessSpace).Bind(5, worker.Host).Bind(6, worker.Name);
}
