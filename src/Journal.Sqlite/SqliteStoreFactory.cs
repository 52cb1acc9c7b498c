using Journal.Sqlite.Maintenance;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Storage;

namespace Journal.Sqlite;

/// <summary>Opens journals that are SQLite files.</summary>
public sealed class SqliteStoreFactory : IJournalStoreFactory
{
    /// <inheritdoc/>
    public IJournalStore Open(StoreOptions options)
    {
        var resolved = Resolve(options);
        return new SqliteJournalStore(resolved, JournalFile.Prepare(resolved));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Repair(StoreOptions options, string asidePath, bool force = false) =>
        new Salvage(Resolve(options) with { Access = StoreAccess.Create }, JournalLocation.Resolve(asidePath), force).Run();

    /// <inheritdoc/>
    public void Restore(StoreOptions options, string backup, string asidePath, bool force = false) =>
        new Restoration(Resolve(options), JournalLocation.Resolve(backup), JournalLocation.Resolve(asidePath), force).Run();

    /// <inheritdoc/>
    public string? Identify(string path) => JournalIdentity.Read(Path.GetFullPath(path), OpenMode.Immutable, TimeSpan.Zero);

    // The log lies beside the file itself, not beside a link to it.
    private static StoreOptions Resolve(StoreOptions options) => options with { Location = JournalLocation.Resolve(options.Location) };
}
