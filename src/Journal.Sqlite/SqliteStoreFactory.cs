using Journal.Sqlite.Care;
using Journal.Sqlite.Opening;
using Journal.Storage;

namespace Journal.Sqlite;

/// <summary>Opens journals that are SQLite files.</summary>
public sealed class SqliteStoreFactory : IJournalStoreFactory
{
    /// <inheritdoc/>
    public IJournalStore Open(StoreOptions options)
    {
        var full = options with { Location = Path.GetFullPath(options.Location) };
        return new SqliteJournalStore(full, JournalFile.Prepare(full));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Repair(StoreOptions options, string asidePath) =>
        new Salvage(options with { Location = Path.GetFullPath(options.Location), Access = StoreAccess.Create }, Path.GetFullPath(asidePath)).Run();
}
