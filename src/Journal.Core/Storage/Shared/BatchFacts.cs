namespace Journal.Storage.Shared;

/// <summary>What is needed of a batch to read its tasks, and changes only when somebody amends it.</summary>
public sealed class BatchFacts
{
    private readonly int[] _retries;

    /// <summary>The facts of a batch.</summary>
    /// <param name="number">Its number in the store.</param>
    /// <param name="revision">How often it was amended.</param>
    /// <param name="id">Its id.</param>
    /// <param name="stages">Its stages.</param>
    /// <param name="sourceType">What its inputs are.</param>
    /// <param name="options">Its policy.</param>
    public BatchFacts(long number, long revision, string id, JsonList stages, string? sourceType, BatchOptions options)
    {
        Number = number;
        Revision = revision;
        Id = id;
        Stages = stages.Count == 0 ? [] : [.. stages];
        SourceType = sourceType;
        Options = options;
        _retries = Stages.Count == 0 ? [options.RetriesFor(null)] : [.. Stages.Select(options.RetriesFor)];
    }

    /// <summary>The batch's number in the store.</summary>
    public long Number { get; }

    /// <summary>Grows with every amendment, so that what is known of a batch need not be read again at every claim.</summary>
    public long Revision { get; }

    /// <summary>The batch's id.</summary>
    public string Id { get; }

    /// <summary>Its stages in order; none where it has none.</summary>
    public IReadOnlyList<string> Stages { get; }

    /// <summary>What its inputs are.</summary>
    public string? SourceType { get; }

    /// <summary>Its policy.</summary>
    public BatchOptions Options { get; }

    /// <summary>The name of a stage; null where the batch has none.</summary>
    public string? StageAt(long index) => index >= 0 && index < Stages.Count ? Stages[(int)index] : null;

    /// <summary>Retries allowed in a stage.</summary>
    public int RetriesAt(long index) => _retries[index >= 0 && index < _retries.Length ? index : 0];

    /// <summary>The position of a stage, by its name in any case; null where the batch has no such stage.</summary>
    public int? IndexOf(string stage)
    {
        for (var i = 0; i < Stages.Count; i++)
        {
            if (string.Equals(Stages[i], stage, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return null;
    }

    /// <summary>The position of a stage that must be there.</summary>
    /// <exception cref="JournalException">StageNotFound.</exception>
    public int RequireStage(string stage) => IndexOf(stage) ?? throw JournalErrors.StageNotFound(Id, stage, Stages);
}
