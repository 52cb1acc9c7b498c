using Journal.Hosting;

namespace Journal.Storage;

/// <summary>What the opener is going to do.</summary>
public enum StoreAccess
{
    /// <summary>Only read. A journal that does not exist is an error.</summary>
    Read,

    /// <summary>Read and write one that exists. One that does not is an error.</summary>
    Write,

    /// <summary>Read and write; create it where it does not exist.</summary>
    Create,
}

/// <summary>How to open a journal.</summary>
/// <param name="Location">A full path, or an address of an engine.</param>
/// <param name="Access">What for.</param>
public sealed record StoreOptions(string Location, StoreAccess Access)
{
    /// <summary>What a commit promises.</summary>
    public Durability Durability { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long to wait for another process's lock.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Opens journals of one engine. Each engine's assembly has exactly one public type that implements it, with a public constructor without parameters.</summary>
public interface IJournalStoreFactory
{
    /// <summary>Opens a journal.</summary>
    /// <exception cref="JournalException">JournalNotFound, JournalAccessDenied, NotAJournal, JournalCorrupt, JournalTooNew, JournalBusy.</exception>
    IJournalStore Open(StoreOptions options);

    /// <summary>Saves what can be read of a damaged journal into a new one that takes its place when it is whole.</summary>
    /// <param name="options">The damaged one.</param>
    /// <param name="asidePath">Where the damaged file goes, a name that nothing has; it is never deleted.</param>
    /// <param name="force">Whether to do it though others have it open: they find out at their next write.</param>
    /// <returns>What was saved and what was lost, one line each.</returns>
    /// <exception cref="JournalException">JournalNotFound, CareUnderWay, JournalInUse, JournalWriteFailed, UnsupportedJournal; then nothing was changed.</exception>
    IReadOnlyList<string> Repair(StoreOptions options, string asidePath, bool force = false);

    /// <summary>Puts a copy of a backup, in today's schema, in the place of a journal. The backup stays as it is.</summary>
    /// <param name="options">The journal; there need be none.</param>
    /// <param name="backup">The backup's full path.</param>
    /// <param name="asidePath">Where the journal that is there goes, a name that nothing has.</param>
    /// <param name="force">Whether to do it though others have it open: they find out at their next write.</param>
    /// <exception cref="JournalException">The same, and what is wrong with the backup: JournalNotFound, NotAJournal, JournalTooNew, JournalCorrupt.</exception>
    void Restore(StoreOptions options, string backup, string asidePath, bool force = false);

    /// <summary>The id that a journal keeps from its beginning and its backups with it; null where a file is no journal, or of a schema before there were ids.</summary>
    /// <param name="path">The file, which is only read.</param>
    string? Identify(string path);
}

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
