namespace Journal.Interchange.Sources;

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
