using Journal.Storage;

namespace Journal.Sqlite.Rows;

/// <summary>What is needed of a batch to read its tasks, and changes only when somebody amends it.</summary>
internal sealed class BatchFacts
{
    private readonly int[] _retries;

    public BatchFacts(long number, long revision, string id, JsonList stages, string? sourceType, BatchOptions options)
    {
        Number = number;
        Revision = revision;
        Id = id;
        Stages = stages.Count == 0 ? [] : [.. stages];
        SourceType = sourceType;
        Options = options;
        _retries = Stages.Length == 0 ? [options.RetriesFor(null)] : [.. Stages.Select(options.RetriesFor)];
    }

    public long Number { get; }

    public long Revision { get; }

    public string Id { get; }

    public string[] Stages { get; }

    public string? SourceType { get; }

    public BatchOptions Options { get; }

    /// <summary>The name of a stage; null where the batch has none.</summary>
    public string? StageAt(long index) => index < Stages.Length ? Stages[index] : null;

    /// <summary>Retries allowed in a stage.</summary>
    public int RetriesAt(long index) => _retries[index < _retries.Length ? index : 0];

    /// <summary>The position of a stage, by its name in any case; null where the batch has no such stage.</summary>
    public int? IndexOf(string stage)
    {
        var index = Array.FindIndex(Stages, name => string.Equals(name, stage, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : index;
    }

    /// <summary>The position of a stage that must be there.</summary>
    /// <exception cref="JournalException">StageNotFound.</exception>
    public int RequireStage(string stage) => IndexOf(stage) ?? throw JournalErrors.StageNotFound(Id, stage, Stages);
}
