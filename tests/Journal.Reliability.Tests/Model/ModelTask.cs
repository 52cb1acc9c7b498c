namespace Journal.Reliability.Tests.Model;

/// <summary>A task as the contract describes it.</summary>
internal sealed class ModelTask(long id, int priority)
{
    public long Id { get; } = id;

    public JournalTaskStatus Status { get; set; }

    public int Stage { get; set; }

    public int Priority { get; set; } = priority;

    public int Attempts { get; set; }

    public int Crashes { get; set; }

    public long Token { get; set; }

    public int Worker { get; set; }

    public DateTimeOffset LeaseUntil { get; set; }

    public DateTimeOffset NotBefore { get; set; }

    /// <summary>The ended attempts: number and outcome.</summary>
    public List<(long Number, JournalAttemptOutcome Outcome)> History { get; } = [];
}
