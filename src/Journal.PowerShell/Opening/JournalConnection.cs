using Journal.Storage;

namespace Journal.Commands.Opening;

/// <summary>
/// The journal that Connect-Journal chose, kept open. There is one in a process, so that the runspaces of <c>ForEach-Object -Parallel</c>
/// work on the journal that their session is connected to.
/// </summary>
internal sealed class JournalConnection : IDisposable
{
    private static JournalConnection? s_current;

    private readonly object _gate = new();
    private IJournalStore? _reader;
    private IJournalStore? _writer;

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

    /// <summary>Makes a connection the current one, or none; the one before is closed.</summary>
    public static void Replace(JournalConnection? connection) => Interlocked.Exchange(ref s_current, connection)?.Dispose();

    /// <summary>Whether a location means this journal; what objects carry as their JournalPath has no password.</summary>
    public bool IsFor(string location) => FilePaths.Same(location, Address) || FilePaths.Same(location, (_writer ?? _reader)?.Location);

    /// <summary>The open journal. A reader gets the writer's where there is one; it never makes a journal.</summary>
    public IJournalStore Open(StoreAccess access)
    {
        lock (_gate)
        {
            if (_writer is not null) return _writer;
            if (access is StoreAccess.Read) return _reader ??= StoreSet.Open(Address, access, Durability);
            return _writer = StoreSet.Open(Address, access, Durability);
        }
    }

    /// <summary>Closes the journal.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _reader?.Dispose();
            _writer?.Dispose();
            _reader = _writer = null;
        }
    }
}
