using Journal.Hosting;
using Journal.Storage;

namespace Journal.Commands.Opening;

/// <summary>
/// The journal that Connect-Journal chose, kept open. There is one in a process, so that the runspaces of <c>ForEach-Object -Parallel</c>
/// work on the journal that their session is connected to.
/// </summary>
internal sealed class JournalConnection
{
    private static JournalConnection? s_current;

    private readonly Lock _gate = new();
    private IJournalStore? _reader;
    private IJournalStore? _writer;
    private FileIdentity? _file;
    private readonly List<IJournalStore> _replaced = [];
    // The session that is connected, and each call that works with the journal: the last one to leave closes it.
    private int _users = 1;

    public JournalConnection(string address, Durability durability)
    {
        Address = address;
        Durability = durability;
    }

    /// <summary>The connection of this process, or null.</summary>
    public static JournalConnection? Current => Volatile.Read(ref s_current);

    /// <summary>What was connected to: a full path, or an address with its password.</summary>
    public string Address { get; }

    /// <summary>What a commit promises.</summary>
    public Durability Durability { get; }

    /// <summary>Makes a connection the current one, or none. The one before is closed as soon as no call works with it any more.</summary>
    public static void Replace(JournalConnection? connection) => Interlocked.Exchange(ref s_current, connection)?.Leave();

    /// <summary>Keeps the journal open until <see cref="Leave"/>.</summary>
    /// <returns>False when it was closed in this moment.</returns>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_users == 0) return false;
            _users++;
            return true;
        }
    }

    /// <summary>The session or a call does not need it any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users > 0) return;
            _reader?.Dispose();
            _writer?.Dispose();
            _reader = _writer = null;
            foreach (var store in _replaced) store.Dispose();
            _replaced.Clear();
        }
    }

    // A repair or a restore has put another file under the name: what comes from now on means that one. A call that works with the old one finds out by itself.
    private void ForgetReplaced()
    {
        var now = JournalLocation.IsPostgres(Address) ? null : SystemCalls.Facts(Address)?.Identity;
        if (now != _file)
        {
            _replaced.AddRange(new[] { _reader, _writer }.OfType<IJournalStore>());
            _reader = _writer = null;
        }

        _file = now;
    }

    /// <summary>Whether a location means this journal; what objects carry as their JournalPath has no password.</summary>
    public bool IsFor(string location) => FilePaths.Same(location, Address) || FilePaths.Same(location, (_writer ?? _reader)?.Location);

    /// <summary>The open journal. A reader gets the writer's where there is one; it never makes a journal.</summary>
    public IJournalStore Open(StoreAccess access)
    {
        lock (_gate)
        {
            ForgetReplaced();
            if (_writer is not null) return _writer;
            if (access is StoreAccess.Read) return _reader ??= StoreSet.Open(Address, access, Durability);
            return _writer = StoreSet.Open(Address, access, Durability);
        }
    }
}

/// <summary>The journals that one cmdlet has open: opened when first needed, one per location and access, closed with the cmdlet.</summary>
internal sealed class StoreSet : IDisposable
{
    private readonly Dictionary<(string Location, StoreAccess Access), IJournalStore> _open = [];
    private readonly List<JournalConnection> _joined = [];

    /// <summary>The journal at a location: the connected one where that is meant.</summary>
    public IJournalStore Get(string location, StoreAccess access)
    {
        if (Connection(location) is { } connection) return connection.Open(access);
        if (_open.TryGetValue((location, access), out var store)) return store;
        return _open[(location, access)] = Open(location, access, JournalLocation.DefaultDurability);
    }

    /// <summary>Opens a journal.</summary>
    public static IJournalStore Open(string location, StoreAccess access, Durability durability) =>
        StoreLoader.For(location).Open(new StoreOptions(location, access) { Durability = durability });

    /// <summary>Closes what is open, but for the connected journal.</summary>
    public void Dispose()
    {
        foreach (var store in _open.Values) store.Dispose();
        _open.Clear();
        foreach (var connection in _joined) connection.Leave();
        _joined.Clear();
    }

    // What the cmdlet began with it goes on with, whatever its script blocks or another runspace connect to meanwhile.
    private JournalConnection? Connection(string location)
    {
        if (_joined.Find(joined => joined.IsFor(location)) is { } known) return known;
        if (JournalConnection.Current is not { } current || !current.IsFor(location) || !current.TryJoin()) return null;
        _joined.Add(current);
        return current;
    }
}
