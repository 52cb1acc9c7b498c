namespace Journal.Interchange.Sources;

/// <summary>How files are read.</summary>
public sealed record ImportOptions
{
    /// <summary>What to call the batch of a source that has no name for it; null for the file's name.</summary>
    public string? Name { get; init; }

    /// <summary>The zone of times that tell none; by default UTC.</summary>
    public TimeZoneInfo NaiveTimes { get; init; } = TimeZoneInfo.Utc;
}
