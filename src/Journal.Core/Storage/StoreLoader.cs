using Journal.Hosting;

namespace Journal.Storage;

/// <summary>Finds the engine for a journal. Each is loaded apart from everything else; see <see cref="PrivateAssembly"/>.</summary>
public static class StoreLoader
{
    private static readonly Lazy<IJournalStoreFactory> Sqlite = new(() => Load("sqlite", "Journal.Sqlite"));
    private static readonly Lazy<IJournalStoreFactory> Postgres = new(() => Load("postgres", "Journal.Postgres"));

    /// <summary>The engine for a location.</summary>
    public static IJournalStoreFactory For(string location) => JournalLocation.IsPostgres(location) ? Postgres.Value : Sqlite.Value;

    private static IJournalStoreFactory Load(string folder, string assemblyName) => PrivateAssembly.Load<IJournalStoreFactory>(
        Path.Combine("stores", folder), assemblyName, path => JournalErrors.UnsupportedJournal(assemblyName, $"'{path}' is not there: the installation is incomplete."));
}
