using Journal.Lifecycle;

namespace Journal.Runs;

/// <summary>An attempt that has ended and waits for its commit.</summary>
internal sealed record EndedAttempt(RunningTask Task, AttemptResult Result, Verdict Verdict);

/// <summary>What the writer has to do in one turn.</summary>
/// <param name="Ended">Attempts whose ends are to be recorded.</param>
/// <param name="Moves">Those ends, and tasks that go back, as moves.</param>
/// <param name="Claim">How many tasks to claim.</param>
/// <param name="Renew">Leases are to be renewed.</param>
/// <param name="Poll">It is time to look what others do.</param>
/// <param name="Progress">What attempts under way said since the last poll.</param>
internal sealed record WriterTurn(
    IReadOnlyList<EndedAttempt> Ended, IReadOnlyList<TaskMove> Moves, int Claim, bool Renew, bool Poll, IReadOnlyDictionary<long, (double? Percent, string? Text)> Progress);
