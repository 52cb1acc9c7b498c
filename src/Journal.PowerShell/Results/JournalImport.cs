using Journal.Interchange.Sources;

namespace Journal.Commands.Results;

/// <summary>What Import-Journal brought in with one batch.</summary>
/// <param name="BatchId">The batch, as it is called in this journal.</param>
/// <param name="Name">Its name.</param>
/// <param name="Format">What the file was recognised as.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="Added">Tasks that are new.</param>
/// <param name="AlreadyThere">Tasks that the batch had before; they were left as they are.</param>
/// <param name="Attempts">Attempts that came with the new tasks.</param>
/// <param name="Events">Events that came with the new tasks and the batch.</param>
/// <param name="JournalPath">The journal it lives in.</param>
public sealed record JournalImport(
    string BatchId, string Name, ImportFormat Format, string Path, long Added, long AlreadyThere, long Attempts, long Events, string JournalPath);
