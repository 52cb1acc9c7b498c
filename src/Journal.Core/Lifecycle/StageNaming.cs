namespace Journal.Lifecycle;

/// <summary>What may be the stages of a batch, and their order.</summary>
public static class StageNaming
{
    /// <summary>Refuses stages without a name, or with one name twice (in any case).</summary>
    /// <exception cref="JournalException">InvalidStages.</exception>
    public static void Validate(IReadOnlyCollection<string> stages)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var stage in stages)
        {
            if (string.IsNullOrWhiteSpace(stage)) throw JournalErrors.InvalidStages("a stage has no name.", stage);
            if (!names.Add(stage)) throw JournalErrors.InvalidStages($"'{stage}' comes twice.", stage);
        }
    }

    /// <summary>The name of a batch's stage, as the batch writes it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stage">The name in any case; null gives null.</param>
    /// <exception cref="JournalException">StageNotFound.</exception>
    public static string? Require(JournalBatch batch, string? stage) => stage is null
        ? null
        : batch.Stages.FirstOrDefault(name => string.Equals(name, stage, StringComparison.OrdinalIgnoreCase)) ?? throw JournalErrors.StageNotFound(batch.Id, stage, batch.Stages);

    /// <summary>The position of a batch's stage, 0 for the first.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stage">The name in any case; null gives null.</param>
    /// <exception cref="JournalException">StageNotFound.</exception>
    public static int? PositionOf(JournalBatch batch, string? stage) => Require(batch, stage) is { } name ? batch.Stages.ToList().IndexOf(name) : null;

    /// <summary>Whether a task in this stage has another one before it; no where there are no stages.</summary>
    public static bool HasLater(JournalBatch batch, string? stage) =>
        stage is not null && batch.Stages.Count > 0 && !string.Equals(batch.Stages[^1], stage, StringComparison.OrdinalIgnoreCase);
}
