namespace Journal.Commands.Results;

/// <summary>What Test-Journal found.</summary>
/// <param name="JournalPath">The journal.</param>
/// <param name="IsHealthy">Whether nothing is wrong with it.</param>
/// <param name="Problems">What is wrong, a line each.</param>
public sealed record JournalHealth(string JournalPath, bool IsHealthy, JsonList Problems);

/// <summary>What Repair-Journal did.</summary>
/// <param name="JournalPath">The journal, as it is now.</param>
/// <param name="AsidePath">Where the damaged one is.</param>
/// <param name="Report">What was saved and what was lost, a line each.</param>
public sealed record JournalSalvage(string JournalPath, string AsidePath, JsonList Report);

/// <summary>What Repair-JournalBatch did for a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="Key">Its key.</param>
/// <param name="Status">What it was brought to: Pending, or Failed where workers died with it too often.</param>
/// <param name="Worker">Who held it.</param>
/// <param name="Reason">Why it was taken back.</param>
/// <param name="FilesDeleted">Its temporary files that are gone.</param>
/// <param name="FilesLeft">Its temporary files that were left, each with the reason.</param>
/// <param name="ProgramsEnded">Programs that tasks of its worker had left running and that were ended, on the first task of each worker.</param>
/// <param name="JournalPath">The journal it lives in.</param>
public sealed record JournalRecovery(
    long TaskId, string BatchId, string Key, JournalTaskStatus Status, string? Worker, string Reason, JsonList FilesDeleted, JsonList FilesLeft, JsonList ProgramsEnded, string JournalPath);
