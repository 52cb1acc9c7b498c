namespace Journal.Commands.Results;

/// <summary>A batch that was copied into another journal.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Created">Whether the other journal did not have it before.</param>
/// <param name="Added">Tasks that are new there.</param>
/// <param name="AlreadyThere">Tasks that it had before; they were left as they are.</param>
/// <param name="Attempts">Attempts that came with the new tasks.</param>
/// <param name="Events">Events that came with them.</param>
/// <param name="JournalPath">The other journal.</param>
public sealed record JournalCopied(string BatchId, bool Created, long Added, long AlreadyThere, long Attempts, long Events, string JournalPath);
