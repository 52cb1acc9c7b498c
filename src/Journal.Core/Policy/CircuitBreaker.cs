namespace Journal.Policy;

/// <summary>An attempt that failed.</summary>
/// <param name="TaskId">Of which task.</param>
/// <param name="Token">Under which lease.</param>
public readonly record struct FailedAttempt(long TaskId, long Token);

/// <summary>
/// Notices that failures have one cause outside the tasks (a server that is down, a password that ran out): so many tasks in a row failed with
/// the same signature, and none succeeded in between.
/// </summary>
/// <remarks>
/// Different tasks are counted: one bad task that fails at each of its retries is no sign of a common cause, and if it tripped the breaker,
/// whose failures are refunded, it would never end. Not thread-safe: one runner owns it.
/// </remarks>
/// <param name="threshold">Tasks in a row that trip it (<see cref="BatchOptions.FailureThreshold"/>); 0 or less turns it off.</param>
public sealed class CircuitBreaker(int threshold)
{
    private readonly List<FailedAttempt> _streak = [];
    private readonly HashSet<long> _tasks = [];

    /// <summary>The failures of the present streak, oldest first; a task stands here once for each of its failures: each is to be refunded.</summary>
    public IReadOnlyList<FailedAttempt> Streak => _streak;

    /// <summary>
    /// Whether it has seen enough to ask what other workers see: two tasks in a row that failed alike, and are not enough to trip it by themselves.
    /// </summary>
    public bool IsSuspicious => _tasks.Count >= 2 && _tasks.Count < threshold;

    /// <summary>The signature they share; null when there is no streak.</summary>
    public string? Signature { get; private set; }

    /// <summary>Tells of a failure.</summary>
    /// <param name="attempt">What failed.</param>
    /// <param name="signature">Its error's, see <see cref="ErrorSignature.Of"/>; compared exactly.</param>
    /// <returns>Whether the streak has reached the threshold: true until <see cref="Reset"/>, <see cref="Succeeded"/> or another signature.</returns>
    public bool Failed(FailedAttempt attempt, string signature)
    {
        if (threshold <= 0) return false;
        if (signature != Signature) Reset();
        Signature = signature;
        _streak.Add(attempt);
        _tasks.Add(attempt.TaskId);
        return _tasks.Count >= threshold;
    }

    /// <summary>Tells of a success, which ends the streak.</summary>
    public void Succeeded() => Reset();

    /// <summary>Forgets the streak, once it has been dealt with.</summary>
    public void Reset()
    {
        _streak.Clear();
        _tasks.Clear();
        Signature = null;
    }
}
