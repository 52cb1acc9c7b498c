using Journal.Lifecycle;
using Journal.Policy;
using Journal.Policy.Classifying;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>Does the work of one attempt. The runner decides everything else.</summary>
public interface ITaskExecutor
{
    /// <summary>Whether attempts run on the thread that called <see cref="BatchRunner.Run"/>; only where one runs at a time.</summary>
    bool RunsOnCaller { get; }

    /// <summary>
    /// Makes ready for one more attempt at a time. Called on one thread after another, before the first attempt of each, and only while tasks wait:
    /// what is costly to have is made when it is needed.
    /// </summary>
    void Prepare()
    {
    }

    /// <summary>
    /// Runs one attempt to its end and never throws for what the work did: an error of the work is a result. Called on as many threads at once
    /// as the run's degree.
    /// </summary>
    /// <param name="task">The live task; the work reports through it. With <see cref="RunRequest.ChunkSize"/> the first one of <see cref="RunningTask.Chunk"/>, which are done in this one call.</param>
    /// <param name="stop">Cancelled when the run is stopped: end the attempt soon and return <see cref="AttemptResult.Stopped"/>.</param>
    AttemptResult Execute(RunningTask task, CancellationToken stop);
}

/// <summary>How the work of an attempt went.</summary>
public enum AttemptEnd
{
    /// <summary>It was done.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>A stop ended it.</summary>
    Stopped,
}

/// <summary>What an executor says of an attempt.</summary>
public sealed record AttemptResult
{
    private AttemptResult(AttemptEnd end) => End = end;

    /// <summary>How it went.</summary>
    public AttemptEnd End { get; }

    /// <summary>What it emitted, in the executor's own form; handed to <see cref="IRunObserver.Report"/> once it is committed.</summary>
    public object? Output { get; private init; }

    /// <summary>What it emitted, as JSON, to be recorded with its end: see <see cref="RunningTask.RecordsResult"/>.</summary>
    public string? Result { get; private init; }

    /// <summary>How many objects <see cref="Result"/> is.</summary>
    public int ResultItems { get; private init; } = 1;

    /// <summary>What went wrong.</summary>
    public Policy.Classifying.ErrorFacts? Error { get; private init; }

    /// <summary>Where in the user's script it went wrong.</summary>
    public string? ScriptStackTrace { get; private init; }

    /// <summary>Whether an error is of a call for several tasks as a whole, whatever the classifier makes of it: all of them have failed, and none is looked for.</summary>
    public bool IsOfWholeChunk { get; init; }

    /// <summary>Whether another task has failed in the same call, and that counts for the breaker.</summary>
    internal bool IsEcho { get; init; }

    /// <summary>The work was done.</summary>
    /// <param name="output">What it emitted.</param>
    /// <param name="result">The same as JSON: of one object its own, of several a list; null where nothing is to be recorded.</param>
    /// <param name="items">How many objects.</param>
    public static AttemptResult Succeeded(object? output = null, string? result = null, int items = 1) =>
        new(AttemptEnd.Succeeded) { Output = output, Result = result, ResultItems = items };

    /// <summary>The work failed.</summary>
    /// <param name="error">As the classifier needs it.</param>
    /// <param name="scriptStackTrace">Where.</param>
    /// <param name="original">The executor's own form of the error, for the observer.</param>
    public static AttemptResult Failed(Policy.Classifying.ErrorFacts error, string? scriptStackTrace = null, object? original = null) =>
        new(AttemptEnd.Failed) { Error = error, ScriptStackTrace = scriptStackTrace, Output = original };

    /// <summary>A stop ended it.</summary>
    public static AttemptResult Stopped { get; } = new(AttemptEnd.Stopped);
}

/// <summary>Runs a delegate as the work: how a C# program uses the runner.</summary>
/// <param name="work">
/// Gets the live task, or the first one of a chunk (<see cref="RunningTask.Chunk"/>); what it returns is handed to the observer; an exception fails the
/// attempt, or has the chunk tried again in smaller ones.
/// </param>
public sealed class DelegateExecutor(Func<RunningTask, CancellationToken, object?> work) : ITaskExecutor
{
    /// <inheritdoc/>
    public bool RunsOnCaller => false;

    /// <inheritdoc/>
    public AttemptResult Execute(RunningTask task, CancellationToken stop)
    {
        using var timeout = task.Options.Timeout is { } limit ? new CancellationTokenSource(limit) : null;
        using var linked = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var (output, items) = (work(task, linked?.Token ?? stop), 1);
            if (output is not null && task.Carrier.Emitted is { } own) (output, items) = (new[] { own[0], output }, 2);
            if (output is null || !task.RecordsResult) return AttemptResult.Succeeded(output);
            var json = KeptValues.Encode(output);
            if (task.RefuseResult(json) is not { } refused) return AttemptResult.Succeeded(output, json, items);
            return AttemptResult.Failed(new ErrorFacts(refused.Message, refused, ErrorId: refused.GetType().FullName), original: refused) with { IsOfWholeChunk = true };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return AttemptResult.Stopped;
        }
        catch (OperationCanceledException e) when (timeout is { IsCancellationRequested: true })
        {
            return AttemptResult.Failed(new ErrorFacts($"The attempt ran longer than {task.Options.Timeout}.", new TimeoutException(null, e)));
        }
#pragma warning disable CA1031 // Whatever the work throws is the work's failure, and the journal's to record.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return AttemptResult.Failed(new ErrorFacts(e.Message, e, ErrorId: e.GetType().FullName), e.StackTrace, e);
        }
    }
}

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
/// <param name="Verdict">What follows from it.</param>
/// <param name="Output">What the executor gave: the output, or its own form of the error.</param>
public sealed record AttemptReport(RunningTask Task, Verdict Verdict, object? Output)
{
    /// <summary>The move that was recorded.</summary>
    public TaskMove Move => Verdict.Move;

    /// <summary>What the policy said about an error; null when there was none.</summary>
    public RetryDecision? Decision => Verdict.Decision;

    /// <summary>Whether the move was recorded: LeaseLost means that this worker's result counts for nothing. Known once it is committed.</summary>
    public MoveOutcome Outcome { get; internal init; }

    /// <summary>The target id that it recorded, where another task of the batch has it; else null. Known once it is committed.</summary>
    public SharedTarget? Shared { get; internal init; }
}

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
