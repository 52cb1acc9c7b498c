namespace Journal.Torture.Checking;

/// <summary>The moves a task may make, written down by hand from the contract: kind, from, to, and what each does to the attempt and the counts.</summary>
internal static class LegalMoves
{
    private const int Pending = 0, InProgress = 1, Completed = 2, Failed = 3, Skipped = 4, Canceled = 5;

    /// <summary>The number of the event of a claim.</summary>
    public const long Claimed = 20;

    /// <summary>The numbers of the events of a recovery: the task waits again, or has failed.</summary>
    public const long Recovered = 26, Abandoned = 27;

    /// <summary>The first kind of event that is a task's move; smaller ones are about batches, or amendments.</summary>
    public const long First = 20;

    /// <summary>What a move does: the outcome of the attempt that it ends, and the effect on the counts of attempts and of crashes.</summary>
    public readonly record struct Effect(int Outcome, int Attempts, bool Resets = false, bool Crash = false, bool ForgetsCrashes = false);

    private static readonly Dictionary<(long Kind, long From, long To), Effect> Table = new()
    {
        [(20, Pending, InProgress)] = new(-1, 1),
        [(21, InProgress, Completed)] = new(0, 0),
        [(22, InProgress, Pending)] = new(0, 0, Resets: true),
        [(23, InProgress, Failed)] = new(1, 0),
        [(24, InProgress, Pending)] = new(1, 0),
        [(25, InProgress, Pending)] = new(3, -1),
        [(26, InProgress, Pending)] = new(4, -1, Crash: true),
        [(27, InProgress, Failed)] = new(4, -1, Crash: true),
        [(28, Pending, Skipped)] = new(-1, 0),
        [(28, InProgress, Skipped)] = new(2, 0),
        [(28, Failed, Skipped)] = new(-1, 0),
        [(29, Pending, Canceled)] = new(-1, 0),
        [(29, InProgress, Canceled)] = new(5, 0),
        [(30, Completed, Pending)] = new(-1, 0, Resets: true, ForgetsCrashes: true),
        [(30, Failed, Pending)] = new(-1, 0, Resets: true, ForgetsCrashes: true),
        [(30, Skipped, Pending)] = new(-1, 0, Resets: true, ForgetsCrashes: true),
        [(30, Canceled, Pending)] = new(-1, 0, Resets: true, ForgetsCrashes: true),
        [(31, InProgress, Pending)] = new(6, -1),
        [(31, Failed, Pending)] = new(-1, -1),
        [(31, Pending, Pending)] = new(-1, -1),
    };

    /// <summary>What a move does; null when it is not legal.</summary>
    public static Effect? Of(long kind, long from, long to) => Table.TryGetValue((kind, from, to), out var effect) ? effect : null;
}
