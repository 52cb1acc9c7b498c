using Journal.Lifecycle;
using Journal.Policy;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>
/// The thread of a run that does all its commits: what ends while one commit is under way shares the next, so that short tasks share an fsync
/// and a long one has it to itself, and completing a task claims the next one in the same transaction. It also renews the leases, recovers the
/// tasks of dead workers, and sees when there is nothing left to do.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly RunBoard _board;
    private readonly RunRequest _request;
    private readonly RunJournal _journal;
    private readonly IProcessTable _processes;
    private readonly ITimer _due;
    private readonly DateTimeOffset _began;
    private WriterTurn? _unrecorded;

    public JournalWriter(RunBoard board, RunRequest request, RunJournal journal, TimeProvider time, IProcessTable processes)
    {
        (_board, _request, _journal, _processes) = (board, request, journal, processes);
        _began = journal.Now;
        _due = time.CreateTimer(_ => board.TaskDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes until the run is over; an error of the journal ends the run, which gives back first what it holds.</summary>
    public void Run()
    {
        try
        {
            while (_board.AwaitTurn() is { } turn) Write(turn);
            PauseIfStopped();
        }
#pragma warning disable CA1031 // It is carried to the calling thread and raised there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var wasStopped = _board.End is RunEnd.Interrupted;
            _board.Fail(e);
            // A server that is gone was waited for long enough, and a stop waits for nothing more.
            if (e is not JournalException { Passes: true } passing || !(wasStopped || passing.ErrorId == nameof(JournalErrors.JournalUnreachable))) GiveBack();
        }
        finally
        {
            _board.Over();
        }
    }

    // What failed may have been one call, or one task's end: all else is recorded, and nothing stays held by a worker that will be taken for dead.
    private void GiveBack()
    {
        try
        {
            if (_unrecorded is { } failed) RecordEach(failed);
            while (_board.AwaitTurn() is { } turn) RecordEach(turn);
            GiveBackForgotten(_journal.ReadInFlightOnce());
        }
#pragma warning disable CA1031 // The first error is the one that is raised; what could not be given back is recovered by the next run.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void RecordEach(WriterTurn turn)
    {
        for (var i = 0; i < turn.Moves.Count; i++)
        {
            var move = turn.Moves[i];
            try
            {
                Exchange(new WriterTurn(i < turn.Ended.Count ? [turn.Ended[i]] : [], [move], 0, false, false, turn.Progress));
            }
            catch (JournalException e) when (!e.Passes)
            {
                // That of another move may be recorded all the same. Where not even this is, the journal takes nothing.
                _journal.ExchangeOnce(TaskMove.Release(move.TaskId, move.Token, $"Its end could not be recorded: {e.Message}"));
            }
        }
    }

    /// <summary>Takes back the tasks of dead workers.</summary>
    /// <returns>How many.</returns>
    public long Recover()
    {
        var recovered = _journal.Recover(_processes);
        if (recovered.Count == 0) return 0;
        _board.Note(BatchRecovery.Words(recovered));
        return recovered.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => _due.Dispose();

    private void Write(WriterTurn turn)
    {
        _unrecorded = turn;
        if (turn.Renew) _board.NoteLeases(_journal.RenewLeases());
        foreach (var (id, (percent, text)) in turn.Progress) ShowProgress(id, percent, text);
        if (turn.Poll && turn.Moves.Count == 0 && turn.Claim > 0) Recover();
        Exchange(turn);
        _unrecorded = null;
        if (turn.Ended.Count > 0) AskForCommonCause();
        if (Ending() is var (end, reason, stopAttempts)) _board.RequestEnd(end, reason, stopAttempts);
    }

    private void Exchange(WriterTurn turn) => _board.Publish(turn, _journal.Exchange(turn.Moves, turn.Claim));

    // Each worker's breaker sees its own failures; those of all are in the journal.
    private void AskForCommonCause()
    {
        if (_board.Suspicion is not { } threshold) return;
        var streak = _journal.ReadStreak(threshold, _began);
        if (!CircuitBreaker.Trips(streak.Tasks, streak.Alike, threshold)) return;
        var refunds = streak.Failures.Select(static failure => TaskMove.Refund(failure.TaskId, failure.Token, null, TaskReport.Nothing, null, null, AttemptJudge.BreakerReason));
        _board.Note(_journal.Exchange([.. refunds]).Batch);
        _board.Pause(BatchMove.Pause(AttemptJudge.TripReason(streak.Tasks, streak.Alike == streak.Tasks, streak.Message)));
    }

    private void ShowProgress(long taskId, double? percent, string? text)
    {
        try
        {
            _journal.ShowProgress(taskId, percent, text);
        }
        catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.TaskNotFound) or nameof(JournalErrors.LeaseLost))
        {
            // Progress is for looking at; what ended meanwhile has none.
        }
    }

    /// <summary>Whether the run ends here, why, and whether running attempts are stopped or may finish.</summary>
    private (RunEnd End, string? Reason, bool StopAttempts)? Ending()
    {
        if (_board.TakePause() is { } pause)
        {
            // Another worker may have ended or paused it in the same moment; then there is nothing left to pause.
            if (BatchLifecycle.AllowsMoves(_board.State.Status)) _board.Note(BatchState.Of(_journal.Apply(pause)));
            return null;
        }

        var state = _board.State;
        switch (state.Status)
        {
            case JournalBatchStatus.Paused when !BatchLifecycle.PauseIsOver(state.PausedUntil, _journal.Now):
                return (RunEnd.Paused, state.PauseReason, false);
            case JournalBatchStatus.Canceled:
                return (RunEnd.Canceled, "The batch was canceled.", true);
        }

        // Also while others run: there may be room for one more.
        if (state.NextDue is { } due) _due.Change(LongWait.Step(due - _journal.Now), Timeout.InfiniteTimeSpan);
        if (!_board.HasNothingLeft || state.NextDue is not null) return null;
        if (state.Counts.InProgress == 0 || _request.Stage is not null) return (RunEnd.Done, _request.Stage is null ? Held(state.Counts.Pending) : null, false);
        var held = _journal.ReadInFlight();
        if (GiveBackForgotten(held)) return null;
        var waitsForItself = held.All(task => task.Worker is { } holder && _processes.IsThisProcess(holder));
        return waitsForItself
            ? (RunEnd.HeldElsewhere, $"{Amount.Of(state.Counts.InProgress, "task")} {(state.Counts.InProgress == 1 ? "is" : "are")} held by another worker of this process.", false)
            : null;
    }

    // What waits for no time and no other task waits for an operator.
    private static string? Held(long waiting) => waiting == 0 ? null : $"{Amount.Of(waiting, "task")} {(waiting == 1 ? "is" : "are")} held by an operator and {(waiting == 1 ? "was" : "were")} not run.";

    // With nothing in hand this worker holds nothing; whatever the journal says it holds would be waited for for ever, its lease renewed.
    private bool GiveBackForgotten(IReadOnlyList<InFlightTask> held)
    {
        var moves = held.Where(task => task.Worker == _journal.Worker).Select(static task => TaskMove.Release(task.TaskId, task.Token, "Its worker knew nothing of it.")).ToList();
        if (moves.Count == 0) return false;
        _board.Note(_journal.Exchange(moves).Batch);
        _board.TaskDue();
        return true;
    }

    // A stop pauses the batch, unless other workers go on with it.
    private void PauseIfStopped()
    {
        if (_board.End is not (RunEnd.Interrupted or RunEnd.FailureLimit)) return;
        if (_journal.FindBatch() is not { } batch) return;
        _board.Note(BatchState.Of(batch));
        if (batch.Counts.Open == 0 || batch.InProgress > 0 || !BatchLifecycle.AllowsMoves(batch.Status) || batch.Status is JournalBatchStatus.Paused) return;
        var reason = _board.End is RunEnd.Interrupted ? JournalBatch.InterruptedReason : _board.EndReason!;
        _board.Note(BatchState.Of(_journal.Apply(BatchMove.Pause(reason))));
    }
}

/// <summary>What the writer has to do in one turn.</summary>
/// <param name="Ended">Attempts whose ends are to be recorded.</param>
/// <param name="Moves">Those ends, and tasks that go back, as moves.</param>
/// <param name="Claim">How many tasks to claim.</param>
/// <param name="Renew">Leases are to be renewed.</param>
/// <param name="Poll">It is time to look what others do.</param>
/// <param name="Progress">What attempts under way said since the last poll.</param>
internal sealed record WriterTurn(
    IReadOnlyList<AttemptReport> Ended, IReadOnlyList<TaskMove> Moves, int Claim, bool Renew, bool Poll, IReadOnlyDictionary<long, (double? Percent, string? Text)> Progress);
