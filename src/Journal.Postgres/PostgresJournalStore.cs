using Journal.Postgres.Engine;
using Journal.Postgres.Maintenance;
using Journal.Postgres.Opening;
using Journal.Postgres.Reading;
using Journal.Postgres.Writing;
using Journal.Storage;
using Journal.Storage.Transfer;
using Journal.Workers;
using Npgsql;

namespace Journal.Postgres;

/// <summary>
/// A journal that a PostgreSQL server keeps, for workers on many machines. Each call runs on a connection of the driver's pool; writers share batches
/// and skip what others have locked. What the methods mean stands in <see cref="IJournalStore"/>.
/// </summary>
internal sealed partial class PostgresJournalStore : IJournalStore
{
    private static readonly string[] Tables = ["task", "event", "attempt", "batch", "result", "temp_file", "quota", "checkpoint", "worker"];

    private readonly StoreOptions _options;
    private readonly Connections _connections;
    private readonly ServerClock _clock;
    private readonly Catalog _catalog;
    private readonly Transactions _transactions;
    private readonly long _space;
    private volatile bool _disposed;

    public PostgresJournalStore(StoreOptions options, Connections connections, ServerClock clock, long space)
    {
        _options = options;
        _connections = connections;
        _clock = clock;
        _space = space;
        _catalog = new Catalog(connections.Location);
        _transactions = new Transactions(connections, _catalog, clock, space, options);
    }

    public string Location => _connections.Location;

    public DateTimeOffset Now => _clock.Now;

    // The pool keeps the connections for the next store of this process, and closes those that nobody needs.
    public void Dispose() => _disposed = true;

    // Writing ----------------------------------------------------------------------------------------------------

    private T Write<T>(WorkerIdentity? by, Func<WriteSession, Func<T>> work, object? request = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_options.Access == StoreAccess.Read) throw JournalErrors.JournalAccessDenied(Location, "it was opened for reading.");
        return _transactions.Run(by, work, request);
    }

    // Reading ----------------------------------------------------------------------------------------------------

    private T Read<T>(Func<ReadSession, T> query)
    {
        try
        {
            using var session = Snapshot();
            return query(session);
        }
        catch (Exception e) when (EngineFailures.IsEngine(e))
        {
            throw Failure(e);
        }
    }

    private IEnumerable<T> Stream<T>(Func<ReadSession, IEnumerable<T>> query, bool awaitsTrail = false)
    {
        using var session = Guard(() => Snapshot(awaitsTrail));
        var items = Guard(() => query(session).GetEnumerator());
        try
        {
            while (Guard(items.MoveNext)) yield return items.Current;
        }
        finally
        {
            EngineFailures.LetGo(items);
        }
    }

    private T Guard<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (EngineFailures.IsEngine(e))
        {
            throw Failure(e);
        }
    }

    private ReadSession Snapshot(bool awaitsTrail = false)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            return Begin(awaitsTrail);
        }
        catch (Exception e) when (EngineFailures.IsConnection(e))
        {
            // A connection of the pool may be older than the server is up; a new one tells.
            ForgetServer();
            return Begin(awaitsTrail);
        }
    }

    private ReadSession Begin(bool awaitsTrail)
    {
        var connection = _connections.Open();
        try
        {
            var session = new ReadSession(connection, _catalog, Location);
            if (awaitsTrail) session.AwaitTrail(AdvisoryLocks.Trail(_space), _connections.ReadSettings());
            session.Pipeline
                .Add(new Command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                .Add(_connections.ReadSettings(), static _ => { })
                .Add(new Command(ServerClock.Ask), row => _clock.Hear(row.Integer(0)))
                .Send();
            return session;
        }
        catch
        {
            EngineFailures.LetGo(connection);
            throw;
        }
    }

    private JournalException Failure(Exception error)
    {
        if (EngineFailures.IsConnection(error) || EngineFailures.IsNotReady(error)) ForgetServer();
        return EngineFailures.From(error, Location, _options.LockTimeout);
    }

    // It may come back without its last commits, or another one in its place.
    private void ForgetServer()
    {
        _connections.Forget();
        _catalog.Clear();
    }

    // Care -------------------------------------------------------------------------------------------------------

    public JournalInfo Describe() => Read(session => JournalDescription.Read(session, _options.Durability));

    public IReadOnlyList<string> Check() => Read(HealthCheck.Run);

    // A file that can be opened by itself is a journal of the embedded engine; the server's own tools back up the rest of the database.
    public void BackUp(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            NewFile.RemoveLeftovers(Path.GetDirectoryName(full)!, Path.GetFileName(full));
            using var made = NewFile.For(full);
            using (var copy = StoreLoader.For(made.Path).Open(new StoreOptions(made.Path, StoreAccess.Create) { Time = _options.Time }))
            {
                foreach (var _ in JournalCopy.Batches(this, copy, ReadBatches(new BatchQuery { OldestFirst = true }), null, CancellationToken.None))
                {
                }

                JournalCopy.Checkpoints(this, copy);
            }

            made.MoveTo(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalWriteFailed(path, e.Message, e);
        }
    }

    public void Optimize()
    {
        if (_options.Access == StoreAccess.Read) throw JournalErrors.JournalAccessDenied(Location, "it was opened for reading.");
        Guard(() =>
        {
            using var connection = _connections.Open();
            foreach (var table in Tables)
            {
                using var command = new NpgsqlCommand($"VACUUM (ANALYZE) {_connections.Address.QuotedSchema}.{table}", connection) { CommandTimeout = 0 };
                command.ExecuteNonQuery();
            }

            return true;
        });
    }
}
