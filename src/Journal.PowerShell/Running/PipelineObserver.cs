using System.Globalization;
using System.Management.Automation;
using Journal.Lifecycle;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;
using Journal.Terminal;

namespace Journal.Commands.Running;

/// <summary>Writes what happens in a run to its streams: outputs, errors, the progress bar.</summary>
internal sealed class PipelineObserver : IRunObserver
{
    // Of so many target ids it is told at once that two tasks have them; where that is what the ids are like, the end of the run tells how many there are.
    private const int MostTargetsTold = 10;

    private readonly IRunStreams _streams;
    private readonly JournalBatch _batch;
    private readonly int _activity;
    private readonly ResultOutbox? _outbox;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lineInterval;
    private readonly HashSet<string> _sharedTargets = new(StringComparer.Ordinal);
    private long _saidAt;

    /// <param name="streams">Where to.</param>
    /// <param name="batch">The batch that runs.</param>
    /// <param name="activity">The number of the progress bar.</param>
    /// <param name="outbox">What is written; null where outputs are not.</param>
    /// <param name="time">The clock.</param>
    /// <param name="lineInterval">How often a line of the information stream says how far the run is.</param>
    public PipelineObserver(IRunStreams streams, JournalBatch batch, int activity, ResultOutbox? outbox, TimeProvider time, TimeSpan lineInterval)
    {
        (_streams, _batch, _activity, _outbox, _time, _lineInterval) = (streams, batch, activity, outbox, time, lineInterval);
        _saidAt = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public void Report(AttemptReport report)
    {
        if (report.Outcome is MoveOutcome.LeaseLost)
        {
            _streams.WriteWarning($"'{report.Task.Key}': the lease was lost while the attempt ran; its result counts for nothing, and whoever holds the task now does it.");
            return;
        }

        if (report.Shared is { } shared && _sharedTargets.Count <= MostTargetsTold && _sharedTargets.Add(shared.TargetId) && _sharedTargets.Count <= MostTargetsTold)
        {
            _streams.WriteWarning(shared.Words(_batch.Id));
        }

        switch (report.Move.Kind)
        {
            case TaskMoveKind.Complete or TaskMoveKind.Skip when report.Output is IReadOnlyList<object?> { Count: > 0 } output && _outbox?.Wants(report) == true:
                Deliver(report.Task.Id, output, 0);
                break;
            case TaskMoveKind.Fail:
                _streams.WriteError(ErrorOf(report));
                break;
            case TaskMoveKind.Retry or TaskMoveKind.Refund:
                _streams.WriteVerbose($"'{report.Task.Key}' failed, {report.Decision?.Reason}: {report.Move.Error?.Message}");
                break;
        }
    }

    /// <summary>Writes a result that was recorded before, from where it was left.</summary>
    public void Deliver(IEnumerable<StoredResult> results)
    {
        foreach (var result in results) Deliver(result.TaskId, ResultCodec.Decode(result), result.Written);
    }

    private void Deliver(long taskId, IReadOnlyList<object?> items, int from)
    {
        for (var i = from; i < items.Count; i++)
        {
            _outbox!.NoteProgress(taskId, i, items.Count);
            try
            {
                _streams.WriteObject(items[i]);
            }
            // Nobody stops the pipeline, and yet it takes no more: Select-Object -First has taken this one, and has enough.
            catch (PipelineStoppedException) when (!_streams.IsStopping)
            {
                if (i + 1 < items.Count) _outbox.NoteProgress(taskId, i + 1, items.Count);
                else _outbox.NoteWritten(taskId);
                _outbox.NoteSatisfied();
                throw;
            }
        }

        _outbox!.NoteWritten(taskId);
    }

    /// <inheritdoc/>
    public void Progress(RunProgress progress)
    {
        var counts = progress.State.Counts;
        var status = string.Create(CultureInfo.InvariantCulture, $"{counts.Ended}/{counts.Total}");
        if (counts.Failed > 0) status += string.Create(CultureInfo.InvariantCulture, $", {counts.Failed} failed");
        if (progress.DoneHere > 0) status += string.Create(CultureInfo.InvariantCulture, $", {progress.PerSecond:0.#}/s");
        if (progress.Eta.P50 is { } left) status += $", {RelativeTime.Countdown(left)} left";
        var operation = progress.WaitingUntil is { } due ? $"waiting until {Until(due)}"
            : progress.WaitsForOthers ? $"waiting for {Amount.Of(counts.InProgress, "task")} of other workers"
            : progress.Current;
        // For the log of a scheduled task, where nobody sees a bar.
        if (_time.GetElapsedTime(_saidAt) >= _lineInterval)
        {
            _saidAt = _time.GetTimestamp();
            _streams.WriteInformation(RunMessages.LogLine($"{_batch.Id}: {status}"), ["Journal", "Progress"]);
        }

        _streams.WriteProgress(new ProgressRecord(_activity, _batch.Id, status)
        {
            // The time that is left stands in the status once, in words; Measure-JournalBatch has how sure it is.
            PercentComplete = (int)counts.Percent,
            CurrentOperation = TerminalText.SafeLine(operation),
        });
    }

    /// <inheritdoc/>
    public void Note(string text) => _streams.WriteWarning(text);

    /// <summary>Whether all that the end of the run has to tell was told when it happened.</summary>
    public bool HasTold(ResultClash clash) => !clash.IsOutput && clash.Count <= Math.Min(_sharedTargets.Count, MostTargetsTold);

    /// <summary>Takes the progress bar away.</summary>
    public void Close() => _streams.WriteProgress(new ProgressRecord(_activity, _batch.Id, "done") { RecordType = ProgressRecordType.Completed });

    // The work's own exception, so that $Error shows what happened; the task as the target, so that a script knows which one.
    private static ErrorRecord ErrorOf(AttemptReport report)
    {
        var error = report.Move.Error!;
        var original = report.Output as ErrorRecord;
        var exception = original?.Exception ?? new CategorizedErrorException(error.Message, error.Category);
        var attempts = report.Task.Attempt;
        return new ErrorRecord(exception, "TaskFailed", original?.CategoryInfo.Category ?? ErrorCategory.NotSpecified, report.Task.Key)
        {
            ErrorDetails = new ErrorDetails($"'{report.Task.Key}' failed ({error.Category}, {attempts} attempt{(attempts == 1 ? "" : "s")}): {error.Message}"),
        };
    }

    // With the day, where that is another one.
    private string Until(DateTimeOffset due) => due.ToLocalTime() is var local && local.Date == _time.GetLocalNow().Date ? $"{local:HH:mm:ss}" : $"{local:yyyy-MM-dd HH:mm:ss}";
}
