using Journal.Lifecycle;
using Journal.Policy;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>Hears of a run. Every method is called on the thread that called <see cref="BatchRunner.Run"/>; what it throws ends the run as a stop does.</summary>
public interface IRunObserver
{
    /// <summary>An attempt has ended, and its end is committed (or was refused, because the lease was lost).</summary>
    void Report(AttemptReport report);

    /// <summary>How far the run is: at its start, then a few times a second.</summary>
    void Progress(RunProgress progress);

    /// <summary>Something the user may want to know: tasks recovered, a wait for retries.</summary>
    void Note(string text);
}

/// <summary>An attempt that has ended.</summary>
/// <param name="Task">The live task.</param>
/// <param name="Move">The move that was recorded.</param>
/// <param name="Outcome">Whether it was: LeaseLost means that this worker's result counts for nothing.</param>
/// <param name="Output">What the executor gave: the output, or its own form of the error.</param>
/// <param name="Decision">What the policy said about an error; null when there was none.</param>
public sealed record AttemptReport(RunningTask Task, TaskMove Move, MoveOutcome Outcome, object? Output, RetryDecision? Decision);

/// <summary>How far a run is.</summary>
/// <param name="State">The batch.</param>
/// <param name="DoneHere">Tasks this run has ended.</param>
/// <param name="Running">Attempts under way.</param>
/// <param name="PerSecond">Tasks ended a second, in this run.</param>
/// <param name="Eta">Time left.</param>
/// <param name="WaitingUntil">When the next retry is due, while there is nothing else to do.</param>
/// <param name="WaitsForOthers">Whether only other workers' tasks are left.</param>
/// <param name="Current">The key of an attempt under way.</param>
public sealed record RunProgress(
    BatchState State, long DoneHere, int Running, double PerSecond, Eta Eta, DateTimeOffset? WaitingUntil, bool WaitsForOthers, string? Current);
