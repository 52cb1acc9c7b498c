using System.Collections.Concurrent;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;

namespace Journal.Sqlite.Reading;

/// <summary>Connections that read. One serves one query at a time, whose snapshot it keeps; idle ones are kept, because opening costs more than most queries.</summary>
internal sealed class ReaderPool(JournalFile file) : IDisposable
{
    private const int MostIdle = 4;

    private readonly ConcurrentBag<Database> _idle = [];
    private volatile bool _closed;

    /// <summary>A connection for one query; disposing the lease gives it back.</summary>
    public Lease Rent()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return new Lease(this, _idle.TryTake(out var database) ? database : file.ConnectReader());
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var database)) database.Dispose();
    }

    private void Return(Database database)
    {
        database.Rest();
        if (_closed || file.IsSeenOnce || _idle.Count >= MostIdle) database.Dispose();
        else _idle.Add(database);
    }

    /// <summary>A connection in use.</summary>
    internal readonly struct Lease(ReaderPool pool, Database database) : IDisposable
    {
        public Database Database { get; } = database;

        public void Dispose() => pool.Return(Database);
    }
}
