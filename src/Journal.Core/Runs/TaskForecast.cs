using Journal.Statistics;

namespace Journal.Runs;

/// <summary>What a run would do with a task.</summary>
public enum ForecastAction
{
    /// <summary>Run it.</summary>
    Run,

    /// <summary>Leave it: it has ended.</summary>
    Leave,

    /// <summary>Wait: somebody else holds it.</summary>
    Wait,
}

/// <summary>What a run would do with a task, and why: the answer of <c>-WhatIf</c>.</summary>
/// <param name="Action">What.</param>
/// <param name="Why">Why, in words.</param>
public readonly record struct TaskForecast(ForecastAction Action, string Why)
{
    /// <summary>For an input that the batch does not have.</summary>
    public static TaskForecast ForNewInput(bool newBatch) => new(ForecastAction.Run, newBatch ? "new batch" : "new input");

    /// <summary>For a task that the batch has.</summary>
    /// <param name="task">The task.</param>
    /// <param name="startOver">Whether every task is requeued.</param>
    /// <param name="skipFailed">Whether failed tasks are left alone.</param>
    /// <param name="holderIsDead">Whether the worker that holds it can be recovered from.</param>
    /// <param name="now">The present.</param>
    public static TaskForecast For(JournalTask task, bool startOver, bool skipFailed, bool holderIsDead, DateTimeOffset now)
    {
        var age = task.EndedAt is { } ended ? " " + RelativeTime.Age(now - ended) : "";
        return task.Status switch
        {
            JournalTaskStatus.Pending when task.NotBefore is { } due && due > now =>
                new(ForecastAction.Run, $"pending, due in {RelativeTime.Countdown(due - now)} after {task.ErrorCategory}"),
            JournalTaskStatus.Pending when task.Crashes > 0 => new(ForecastAction.Run, $"pending, its worker died with it {task.Crashes} time(s)"),
            JournalTaskStatus.Pending when task.Token > 0 => new(ForecastAction.Run, "pending, interrupted earlier"),
            JournalTaskStatus.Pending => new(ForecastAction.Run, "pending"),
            JournalTaskStatus.InProgress when holderIsDead => new(ForecastAction.Run, $"in flight when its worker died ({task.Worker})"),
            JournalTaskStatus.InProgress => new(ForecastAction.Wait, $"in progress under {task.Worker}"),
            _ when startOver => new(ForecastAction.Run, $"-Force; it was {task.Status}{age}"),
            JournalTaskStatus.Failed when !skipFailed => new(ForecastAction.Run, $"failed{age}: {task.ErrorCategory}: {task.ErrorMessage}"),
            JournalTaskStatus.Failed => new(ForecastAction.Leave, $"failed{age}, and -SkipFailed leaves it"),
            _ => new(ForecastAction.Leave, $"{task.Status.ToString().ToLowerInvariant()}{age}"),
        };
    }
}
