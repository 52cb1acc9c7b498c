using Journal.Sqlite.Maintenance;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Writing;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Sqlite;

/// <summary>
/// A journal in a SQLite file. One connection writes, under a lock of this object; each query reads on a connection, and a snapshot, of its own.
/// What the methods mean stands in <see cref="IJournalStore"/>.
/// </summary>
internal sealed partial class SqliteJournalStore : IJournalStore
{
    private readonly Lock _gate = new();
    private readonly StoreOptions _options;
    private readonly JournalFile _file;
    private readonly ReaderPool _readers;
    private readonly Catalog _catalog;
    private Database? _writer;
    private bool _disposed;

    public SqliteJournalStore(StoreOptions options, JournalFile file)
    {
        _options = options;
        _file = file;
        _readers = new ReaderPool(file);
        _catalog = new Catalog(options.Location);
    }

    public string Location => _options.Location;

    public DateTimeOffset Now => _options.Time.GetUtcNow();

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            // Readers first: the last connection to close merges the log and removes the side files, and only a writer can.
            _readers.Dispose();
            if (_writer is null) return;
            _writer.Dispose();
            _writer = null;
            _file.Leave();
        }
    }

    // Writing ----------------------------------------------------------------------------------------------------

    private T Write<T>(WorkerIdentity? by, Func<WriteSession, T> work)
    {
        lock (_gate)
        {
            var writer = Writer();
            writer.BeginWrite();
            try
            {
                // Under the lock: whoever exchanges the file takes it, too.
                _file.Verify();
                var session = new WriteSession(writer, _catalog, Now, by);
                var result = work(session);
                session.Finish();
                writer.Commit();
                return result;
            }
            catch (Exception e)
            {
                _catalog.Clear();
                writer.RollBack();
                if (EngineFailures.IsOfARow(e)) throw EngineFailures.OfARow(e, Location);
                throw;
            }
        }
    }

    private Database Writer()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_options.Access == StoreAccess.Read) throw JournalErrors.JournalAccessDenied(Location, "it was opened for reading.");
        return _writer ??= _file.ConnectWriter();
    }

    // Reading ----------------------------------------------------------------------------------------------------

    private T Read<T>(Func<Database, T> query)
    {
        using var reader = _readers.Rent();
        try
        {
            _file.Verify();
            return query(reader.Database);
        }
        catch (Exception e) when (EngineFailures.IsOfARow(e))
        {
            throw EngineFailures.OfARow(e, Location);
        }
    }

    private IEnumerable<T> Stream<T>(Func<Database, IEnumerable<T>> query)
    {
        using var reader = _readers.Rent();
        _file.Verify();
        using var rows = query(reader.Database).GetEnumerator();
        while (HasNext(rows)) yield return rows.Current;
    }

    private bool HasNext<T>(IEnumerator<T> rows)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (Exception e) when (EngineFailures.IsOfARow(e))
        {
            throw EngineFailures.OfARow(e, Location);
        }
    }

    // Care -------------------------------------------------------------------------------------------------------

    public JournalInfo Describe() => Read(database => JournalDescription.Read(database, _options));

    public IReadOnlyList<string> Check() => Read(HealthCheck.Run);

    public void BackUp(string path) => Read(database =>
    {
        BackupCopy.Write(database, Path.GetFullPath(path), _options.LockTimeout);
        return true;
    });

    public void Optimize()
    {
        lock (_gate)
        {
            // No ANALYZE, on purpose: queries name their index, or none, and what it learns of one batch misleads about the next.
            Writer().Execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
            _file.AcceptSize();
        }
    }
}
