using Journal.Policy.Classifying;

namespace Journal.Runs;

/// <summary>Runs a delegate as the work: how a C# program uses the runner.</summary>
/// <param name="work">Gets the live task; what it returns is handed to the observer; an exception fails the attempt.</param>
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
            var output = work(task, linked?.Token ?? stop);
            if (output is null || !task.RecordsResult) return AttemptResult.Succeeded(output);
            var json = KeptValues.Encode(output);
            return task.RefuseResult(json) is { } refused ? throw refused : AttemptResult.Succeeded(output, json);
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
