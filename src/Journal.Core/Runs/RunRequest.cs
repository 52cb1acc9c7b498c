using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>What to run, and how.</summary>
/// <param name="Batch">The batch, as it stands.</param>
public sealed record RunRequest(JournalBatch Batch)
{
    /// <summary>How many attempts run at once; at least 1.</summary>
    public int Degree { get; init; } = 1;

    /// <summary>
    /// How many tasks the work gets in one call at most, see <see cref="RunningTask.Chunk"/>: 1 to <see cref="ChunkAttempt.Most"/>; null where each has a call of
    /// its own. Not for a batch with stages.
    /// </summary>
    public int? ChunkSize { get; init; }

    /// <summary>Run only this stage; null for all.</summary>
    public string? Stage { get; init; }

    /// <summary>Final failures in this run that end it as a stop does; null for no limit.</summary>
    public long? MaxFailures { get; init; }

    /// <summary>Final failures in this run, as a percentage of the tasks it has ended (once it has ended 20), that end it as a stop does; null for no limit.</summary>
    public double? MaxFailurePercent { get; init; }

    /// <summary>Different tasks that fail in a row and pause the batch; 0 for no limit; null for the batch's own.</summary>
    public int? FailureThreshold { get; init; }

    /// <summary>How long attempts under way may go on when the run is stopped; zero: they are stopped, too. No others begin.</summary>
    public TimeSpan StopTimeout { get; init; }

    /// <summary>What to record of each output beside its size: with Hash, its SHA-256.</summary>
    public OutputCheck RecordOutputs { get; init; }

    /// <summary>Whether what the attempts of the last stage emit is written to somebody who waits for it, see <see cref="ResultOutbox"/>.</summary>
    public bool DeliversResults { get; init; }

    /// <summary>The worker of this run, which is its owner's to retire; null for a new one.</summary>
    public WorkerIdentity? Worker { get; init; }

    /// <summary>What the user calls this worker; null for the usual name.</summary>
    public string? WorkerLabel { get; init; }

    /// <summary>Makes a full path of what the work calls a path; null for .NET's current directory.</summary>
    public Func<string, string>? ResolvePath { get; init; }

    /// <summary>
    /// Asked, before a task is run that was never begun: whether its result is there already. Then it is recorded Completed, whatever stages it has, and not run.
    /// Null: never asked.
    /// </summary>
    public Func<RunningTask, bool>? IsThere { get; init; }

    /// <summary>
    /// Asked, before a task that died in the middle is run again, whether its effect took place; null: never asked. It answers with how the attempt
    /// ended (that the effect took place, or that nobody could tell), or null where the work must be done; and it never throws, as an executor.
    /// </summary>
    public Func<RunningTask, CancellationToken, AttemptResult?>? Reconcile { get; init; }
}

/// <summary>Why a run ended.</summary>
public enum RunEnd
{
    /// <summary>Nothing is left to do in this batch (or stage).</summary>
    Done,

    /// <summary>Somebody stopped it; the batch is Paused unless other workers go on.</summary>
    Interrupted,

    /// <summary>The batch is paused: by an operator, a quota, the breaker.</summary>
    Paused,

    /// <summary>The batch was canceled meanwhile.</summary>
    Canceled,

    /// <summary>Too many failures, by the run's own limit.</summary>
    FailureLimit,

    /// <summary>What is left is held by another worker of this very process, which cannot go on while this one waits.</summary>
    HeldElsewhere,
}

/// <summary>How a run ended.</summary>
/// <param name="End">Why.</param>
/// <param name="Reason">The same in words; null when done.</param>
/// <param name="State">Where the batch stood at the end.</param>
/// <param name="Completed">Tasks (or, in a run of one stage, stages of tasks) this run completed.</param>
/// <param name="Failed">Tasks that failed for good in this run.</param>
/// <param name="Skipped">Tasks this run skipped.</param>
/// <param name="Retried">Attempts that failed and will be, or were, repeated.</param>
/// <param name="Recovered">Tasks of dead workers that this run gave back.</param>
/// <param name="GivenBack">Tasks that were under way when it was stopped, and wait again.</param>
public sealed record RunResult(RunEnd End, string? Reason, BatchState State, long Completed, long Failed, long Skipped, long Retried, long Recovered, long GivenBack = 0)
{
    /// <summary>Whether an attempt of the run recorded a target id or an output.</summary>
    public bool HasResults { get; init; }

    /// <summary>Whether an operator paused the batch until it is resumed.</summary>
    public bool IsHeld => End is RunEnd.Paused && State.IsHeld;
}
