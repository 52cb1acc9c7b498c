using Journal.Interchange;
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

/// <summary>What Export-Journal wrote.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">In which format.</param>
/// <param name="Batches">How many batches.</param>
/// <param name="Tasks">How many tasks it shows of them.</param>
/// <param name="Written">Tasks that were written: all of them, but for a mirror, where what had not changed was left.</param>
/// <param name="Compressed">Files of a mirror that were compressed.</param>
/// <param name="JournalPath">The journal.</param>
public sealed record JournalExported(string Path, ExportFormat Format, int Batches, long Tasks, long Written, long Compressed, string JournalPath);

/// <summary>A batch that was copied into another journal.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Created">Whether the other journal did not have it before.</param>
/// <param name="Added">Tasks that are new there.</param>
/// <param name="AlreadyThere">Tasks that it had before; they were left as they are.</param>
/// <param name="Attempts">Attempts that came with the new tasks.</param>
/// <param name="Events">Events that came with them.</param>
/// <param name="JournalPath">The other journal.</param>
public sealed record JournalCopied(string BatchId, bool Created, long Added, long AlreadyThere, long Attempts, long Events, string JournalPath);
