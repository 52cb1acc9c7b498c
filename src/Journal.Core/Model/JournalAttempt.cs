namespace Journal;

/// <summary>One try at a task that has ended.</summary>
public sealed record JournalAttempt
{
    /// <summary>The task that was tried.</summary>
    public long TaskId { get; init; }

    /// <summary>The batch of the task.</summary>
    public required string BatchId { get; init; }

    /// <summary>The key of the task.</summary>
    public required string Key { get; init; }

    /// <summary>1 for the task's first claim, and one more for each later one, whatever became of it.</summary>
    public long Number { get; init; }

    /// <summary>The stage that was tried; null where the batch has none.</summary>
    public string? Stage { get; init; }

    /// <summary>Who tried.</summary>
    public string? Worker { get; init; }

    /// <summary>When the work began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, or was found to be dead.</summary>
    public DateTimeOffset EndedAt { get; init; }

    /// <summary>How long it ran.</summary>
    public TimeSpan Duration => EndedAt - StartedAt;

    /// <summary>How it ended.</summary>
    public JournalAttemptOutcome Outcome { get; init; }

    /// <summary>The category of its error.</summary>
    public JournalErrorCategory ErrorCategory { get; init; }

    /// <summary>Its error, or the reason it was skipped or interrupted.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The error's id, as PowerShell's FullyQualifiedErrorId or a .NET exception's type name.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Where in the user's script the error arose.</summary>
    public string? ScriptStackTrace { get; init; }

    /// <summary>
    /// The end of what it wrote to the warning, information and verbose streams and of what its programs wrote to their error output, as long as
    /// <see cref="BatchOptions.LogSize"/> allows. Each line has its time (UTC) and WARNING, INFO, VERBOSE or STDERR before it; a first line tells how many
    /// bytes were dropped. Null where nothing was written or kept.
    /// </summary>
    public string? Log { get; init; }

    /// <summary>The journal it lives in.</summary>
    public string JournalPath { get; init; } = "";
}
