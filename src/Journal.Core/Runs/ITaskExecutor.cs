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
    /// <param name="task">The live task; the work reports through it.</param>
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
