namespace Journal.Policy;

/// <summary>An attempt that failed.</summary>
/// <param name="TaskId">Of which task.</param>
/// <param name="Token">Under which lease.</param>
public readonly record struct FailedAttempt(long TaskId, long Token);

/// <summary>
/// Notices that failures have one cause outside the tasks (a server that is down, a password that ran out): so many tasks in a row failed, and none
/// succeeded in between. Where the last ones failed with one signature, half as many are enough.
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
    private readonly HashSet<long> _alike = [];

    /// <summary>The failures of the present streak, oldest first; a task stands here once for each of its failures: each is to be refunded.</summary>
    public IReadOnlyList<FailedAttempt> Streak => _streak;

    /// <summary>Different tasks of the streak.</summary>
    public int Tasks => _tasks.Count;

    /// <summary>Whether all of the streak have one signature.</summary>
    public bool IsOfOneSignature => _alike.Count == _tasks.Count;

    /// <summary>Whether it has seen enough to ask what other workers see: two tasks in a row that failed, and are not enough to trip it by themselves.</summary>
    public bool IsSuspicious => _tasks.Count >= 2 && !Trips(_tasks.Count, _alike.Count, threshold);

    /// <summary>The signature of the last failure; null when there is no streak.</summary>
    public string? Signature { get; private set; }

    /// <summary>Whether a streak is one cause.</summary>
    /// <param name="tasks">Different tasks in a row that failed.</param>
    /// <param name="alike">The last ones of them that failed with one signature.</param>
    /// <param name="threshold">The threshold; one signature needs half of it, but not less than two tasks.</param>
    public static bool Trips(int tasks, int alike, int threshold) => threshold > 0 && (tasks >= threshold || alike >= Math.Max(2, (threshold + 1) / 2));

    /// <summary>Tells of a failure.</summary>
    /// <param name="attempt">What failed.</param>
    /// <param name="signature">Its error's, see <see cref="ErrorSignature.Of"/>; compared exactly.</param>
    /// <param name="counts">False where the same call failed for another task, too, which counts for all of them: one failure of a call is no streak.</param>
    /// <returns>Whether the streak has reached the threshold: true until <see cref="Reset"/> or <see cref="Succeeded"/>.</returns>
    public bool Failed(FailedAttempt attempt, string signature, bool counts = true)
    {
        if (threshold <= 0) return false;
        if (!counts)
        {
            _streak.Add(attempt);
            return false;
        }

        if (signature != Signature) _alike.Clear();
        Signature = signature;
        _streak.Add(attempt);
        _tasks.Add(attempt.TaskId);
        _alike.Add(attempt.TaskId);
        return Trips(_tasks.Count, _alike.Count, threshold);
    }

    /// <summary>Tells of a success, which ends the streak.</summary>
    public void Succeeded() => Reset();

    /// <summary>Forgets the streak, once it has been dealt with.</summary>
    public void Reset()
    {
        _streak.Clear();
        _tasks.Clear();
        _alike.Clear();
        Signature = null;
    }
}
