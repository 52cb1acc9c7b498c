using static Journal.JournalTaskStatus;

namespace Journal.Lifecycle;

/// <summary>What a move does to the count of attempts of a task.</summary>
public enum AttemptEffect
{
    /// <summary>Leaves it.</summary>
    Keep,

    /// <summary>One more.</summary>
    Count,

    /// <summary>One less: the attempt that was counted at the claim is given back.</summary>
    Refund,

    /// <summary>A fresh budget.</summary>
    Reset,
}

/// <summary>A legal move: from where to where, and what it does on the way.</summary>
/// <param name="Kind">The move.</param>
/// <param name="From">The states it may start from.</param>
/// <param name="To">The state it ends in.</param>
/// <param name="Attempts">What it does to the count of attempts.</param>
/// <param name="Outcome">How it ends the running attempt, where it starts from InProgress; null for a claim.</param>
/// <param name="Event">What the audit trail calls it.</param>
/// <param name="CountsCrash">Whether the worker's death is counted against the task.</param>
public sealed record TaskMoveRule(
    TaskMoveKind Kind,
    IReadOnlyList<JournalTaskStatus> From,
    JournalTaskStatus To,
    AttemptEffect Attempts,
    JournalAttemptOutcome? Outcome,
    JournalEventKind Event,
    bool CountsCrash = false)
{
    /// <summary>Whether a task in this state may make the move.</summary>
    public bool Allows(JournalTaskStatus from) => From.Contains(from);

    /// <summary>Whether the move ends the task.</summary>
    public bool Ends => To.HasEnded();
}

/// <summary>The one table of the moves a task can make. A store applies them; nobody else invents one.</summary>
public static class TaskLifecycle
{
    private static readonly TaskMoveRule[] Table =
    [
        new(TaskMoveKind.Claim, [Pending], InProgress, AttemptEffect.Count, null, JournalEventKind.Claimed),
        new(TaskMoveKind.Complete, [InProgress], Completed, AttemptEffect.Keep, JournalAttemptOutcome.Completed, JournalEventKind.Completed),
        new(TaskMoveKind.Advance, [InProgress], Pending, AttemptEffect.Reset, JournalAttemptOutcome.Completed, JournalEventKind.Advanced),
        new(TaskMoveKind.Fail, [InProgress], Failed, AttemptEffect.Keep, JournalAttemptOutcome.Failed, JournalEventKind.Failed),
        new(TaskMoveKind.Retry, [InProgress], Pending, AttemptEffect.Keep, JournalAttemptOutcome.Failed, JournalEventKind.Retried),
        new(TaskMoveKind.Release, [InProgress], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Interrupted, JournalEventKind.Released),
        new(TaskMoveKind.Recover, [InProgress], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Abandoned, JournalEventKind.Recovered, CountsCrash: true),
        new(TaskMoveKind.Abandon, [InProgress], Failed, AttemptEffect.Refund, JournalAttemptOutcome.Abandoned, JournalEventKind.Abandoned, CountsCrash: true),
        // A failed task may be waved through by an operator; a completed one has nothing to skip.
        new(TaskMoveKind.Skip, [Pending, InProgress, Failed], Skipped, AttemptEffect.Keep, JournalAttemptOutcome.Skipped, JournalEventKind.Skipped),
        new(TaskMoveKind.Cancel, [Pending, InProgress], Canceled, AttemptEffect.Keep, JournalAttemptOutcome.Canceled, JournalEventKind.Canceled),
        new(TaskMoveKind.Requeue, [Completed, Failed, Skipped, Canceled], Pending, AttemptEffect.Reset, null, JournalEventKind.Requeued),
        // From Failed and Pending too: a breaker gives back the failures that were recorded before it tripped.
        new(TaskMoveKind.Refund, [InProgress, Failed, Pending], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Refunded, JournalEventKind.Refunded),
        new(TaskMoveKind.Postpone, [InProgress], Pending, AttemptEffect.Refund, JournalAttemptOutcome.Refunded, JournalEventKind.Postponed),
    ];

    /// <summary>All moves.</summary>
    public static IReadOnlyList<TaskMoveRule> Moves => Table;

    /// <summary>The rule of a move.</summary>
    public static TaskMoveRule Rule(TaskMoveKind kind) => Table[(int)kind];
}

/// <summary>How much of what could be claimed is claimed together.</summary>
public static class ClaimRules
{
    /// <summary>
    /// A task that was in flight when a worker died is a suspect, and is claimed alone: whoever is claimed together with it would be accused
    /// of the next crash too. Where one call takes many tasks, it is claimed with as many as <see cref="Together"/> says, of as many crashes.
    /// </summary>
    /// <param name="crashes">The crashes of the claimable tasks, in the order of claiming.</param>
    /// <param name="chunk">How many tasks one call of the work takes at most.</param>
    /// <param name="crashLimit">The crash that fails a task, see <see cref="BatchOptions.CrashLimit"/>.</param>
    /// <returns>How many of them, from the first on, are claimed together.</returns>
    public static int Take(IReadOnlyList<int> crashes, int chunk = 1, int crashLimit = 0)
    {
        if (crashes.Count == 0) return 0;
        var most = crashes[0] > 0 ? Together(chunk, crashes[0], crashLimit) : crashes.Count;
        var count = 1;
        while (count < most && count < crashes.Count && crashes[count] == crashes[0]) count++;
        return count;
    }

    /// <summary>How many tasks one call takes: half as many after each crash, and one alone when the next crash would fail it.</summary>
    /// <param name="chunk">How many it takes at most.</param>
    /// <param name="crashes">The crashes of each of them.</param>
    /// <param name="crashLimit">The crash that fails a task.</param>
    public static int Together(int chunk, int crashes, int crashLimit) =>
        crashes <= 0 ? chunk : crashes >= Math.Min(crashLimit - 1, 31) ? 1 : Math.Max(1, chunk >> crashes);
}
