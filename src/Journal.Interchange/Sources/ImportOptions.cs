using Journal.Storage;

namespace Journal.Interchange.Sources;

/// <summary>How files are read.</summary>
public sealed record ImportOptions
{
    /// <summary>What to call the batch of a source that has no name for it; null for the file's name.</summary>
    public string? Name { get; init; }

    /// <summary>The zone of times that tell none; by default UTC.</summary>
    public TimeZoneInfo NaiveTimes { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>What a file or folder holds.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">What it was recognised as.</param>
/// <param name="Batches">Its batches with their tasks.</param>
public sealed record ImportedFile(string Path, ImportFormat Format, IReadOnlyList<FullBatch> Batches)
{
    /// <summary>What the journal that was exported remembered of removed batches, see <see cref="Journal.Runs.EarlierRuns.ReadMemory"/>.</summary>
    public IReadOnlyList<JournalCheckpoint> Memory { get; init; } = [];
}

/// <summary>The formats that are recognised.</summary>
public enum ImportFormat : long
{
    /// <summary>This module's JSON.</summary>
    Json,

    /// <summary>This module's JSON Lines.</summary>
    Jsonl,

    /// <summary>This module's table, or a table of tasks that Export-Csv wrote.</summary>
    Csv,

    /// <summary>This module's folder of YAML files.</summary>
    Yaml,

    /// <summary>A JSON journal of batches and tasks, or its older flat list of tasks.</summary>
    BatchJournal,

    /// <summary>Job records: a JSON array, JSON lines, or one object.</summary>
    JobLog,

    /// <summary>A JSON object from input paths to what became of them.</summary>
    ProcessingState,

    /// <summary>Episodes of a pipeline: YAML files, its index, or its database.</summary>
    Episodes,

    /// <summary>What GNU parallel writes with --joblog.</summary>
    ParallelJoblog,

    /// <summary>The tables of a transcoder, as a SQLite file or as JSON.</summary>
    Transcoder,
}
