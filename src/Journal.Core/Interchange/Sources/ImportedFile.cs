using Journal.Storage;

namespace Journal.Interchange.Sources;

/// <summary>What a file or folder holds.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">What it was recognised as.</param>
/// <param name="Batches">Its batches with their tasks.</param>
public sealed record ImportedFile(string Path, ImportFormat Format, IReadOnlyList<FullBatch> Batches);
