using Journal.Storage;

namespace Journal.Commands.Opening;

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
