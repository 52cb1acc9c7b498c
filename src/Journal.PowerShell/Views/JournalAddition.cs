namespace Journal.Commands;

/// <summary>What Add-JournalTask did.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Added">Tasks that are new in it.</param>
/// <param name="AlreadyThere">Inputs whose keys it had before.</param>
/// <param name="Duplicates">Inputs whose keys came more than once.</param>
/// <param name="Total">All tasks of the batch, now.</param>
/// <param name="JournalPath">The journal it lives in.</param>
public sealed record JournalAddition(string BatchId, long Added, long AlreadyThere, long Duplicates, long Total, string JournalPath);
