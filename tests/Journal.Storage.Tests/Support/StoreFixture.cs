namespace Journal.Storage.Tests.Support;

/// <summary>A journal of its own for each test. A new engine is put through the conformance suite by deriving from this.</summary>
public abstract class StoreFixture : IDisposable
{
    private IJournalStore? _store;

    public ManualTimeProvider Time { get; } = new();

    /// <summary>The store of this test, opened at first use.</summary>
    public IJournalStore Store => _store ??= Open(StoreAccess.Create);

    /// <summary>Where the journal is.</summary>
    public abstract string Location { get; }

    protected abstract IJournalStoreFactory Factory { get; }

    /// <summary>Another connection to the same journal, as another process would have.</summary>
    public IJournalStore Open(StoreAccess access) => Factory.Open(new StoreOptions(Location, access) { Time = Time });

    /// <summary>Closes the store; the next use opens it again.</summary>
    public void Reopen()
    {
        _store?.Dispose();
        _store = Open(StoreAccess.Write);
    }

    public void Dispose()
    {
        _store?.Dispose();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    protected abstract void CleanUp();
}
