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

    /// <summary>Saves what can be read of a damaged journal.</summary>
    /// <param name="options">The damaged one.</param>
    /// <param name="asidePath">Where the damaged file went; it is never deleted.</param>
    /// <returns>What was saved and what was lost, one line each.</returns>
    IReadOnlyList<string> Repair(StoreOptions options, string asidePath);
}
