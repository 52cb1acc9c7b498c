using Journal.Interchange;

namespace Journal.Commands.Results;

/// <summary>What Export-Journal wrote.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">In which format.</param>
/// <param name="Batches">How many batches.</param>
/// <param name="Tasks">How many tasks it shows of them.</param>
/// <param name="Written">Tasks that were written: all of them, but for a mirror, where what had not changed was left.</param>
/// <param name="Compressed">Files of a mirror that were compressed.</param>
/// <param name="JournalPath">The journal.</param>
public sealed record JournalExported(string Path, ExportFormat Format, int Batches, long Tasks, long Written, long Compressed, string JournalPath);
