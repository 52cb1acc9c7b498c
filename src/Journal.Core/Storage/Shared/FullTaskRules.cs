using Journal.Lifecycle;

namespace Journal.Storage.Shared;

/// <summary>
/// What a journal demands of a task that comes from elsewhere, brought about. A store may rely on it: every importer hands its tasks through
/// here, whatever the file said.
/// </summary>
public static class FullTaskRules
{
    /// <summary>Why a task that was in progress elsewhere waits here.</summary>
    public const string WasInProgress = "It was in progress where it came from; no worker holds it here.";

    /// <summary>
    /// The same task as the journal can hold it: nobody holds it; it has an end if it has ended; its attempts are numbered from 1; and the last
    /// move in its trail leads to where it stands.
    /// </summary>
    /// <exception cref="JournalException">InvalidKey.</exception>
    public static FullTask Settle(FullTask whole)
    {
        var task = whole.Task;
        BatchNaming.ValidateKey(task.Key);
        var wasInProgress = task.Status is JournalTaskStatus.InProgress;
        var status = wasInProgress ? JournalTaskStatus.Pending : task.Status;
        var ended = status is not JournalTaskStatus.Pending;
        var attempts = Number(whole.Attempts);
        task = task with
        {
            Status = status,
            // The attempt in hand is given back, as for a worker that was stopped.
            Attempts = Math.Max(task.Attempts - (wasInProgress ? 1 : 0), 0),
            Crashes = Math.Max(task.Crashes, 0),
            Weight = double.IsFinite(task.Weight) ? task.Weight : 1,
            QuotaConsumed = double.IsFinite(task.QuotaConsumed) ? task.QuotaConsumed : 0,
            NotBefore = ended || task.NotBefore < DateTimeOffset.UnixEpoch ? null : task.NotBefore,
            Cost = task.Cost > 0 && double.IsFinite(task.Cost) ? task.Cost : 1,
            Postponed = Math.Max(task.Postponed, 0),
            EndedAt = ended ? task.EndedAt ?? task.UpdatedAt : null,
            Duration = task.Duration < TimeSpan.Zero ? TimeSpan.Zero : task.Duration,
            Token = attempts.Count,
            LeaseUntil = null,
            Progress = null,
            ProgressText = null,
        };
        return whole with { Task = task, Attempts = attempts, Events = Conclude(whole.Events, task, wasInProgress) };
    }

    /// <summary>The time before which a task from elsewhere may not be claimed, as it is stored. Who is next of its limit key is found anew.</summary>
    public static long NotBefore(JournalTask task) =>
        task.Status is not JournalTaskStatus.Pending ? 0 : task.IsHeld ? Waits.ForOperator : task.NotBefore is { } due ? Math.Min(Micros.From(due), Waits.ForKey - 1) : 0;

    private static List<JournalAttempt> Number(IReadOnlyList<JournalAttempt> attempts) => attempts
        .OrderBy(static attempt => attempt.Number)
        .Select(static (attempt, index) => attempt with { Number = index + 1, EndedAt = attempt.EndedAt < attempt.StartedAt ? attempt.StartedAt : attempt.EndedAt })
        .ToList();

    private static List<JournalEvent> Conclude(IReadOnlyList<JournalEvent> unordered, JournalTask task, bool wasInProgress)
    {
        var events = unordered.OrderBy(static entry => entry.Id).ToList();
        // A repair sets a status by an amendment, so that one counts as a move as well.
        var last = events.LastOrDefault(static entry => entry.Kind is >= JournalEventKind.Claimed or JournalEventKind.Amended);
        if (last is null || last.To == task.Status.ToString()) return events;
        return
        [
            .. events,
            new JournalEvent
            {
                // After all others, whatever their ids are.
                Id = long.MaxValue,
                At = task.UpdatedAt > last.At ? task.UpdatedAt : last.At,
                BatchId = task.BatchId,
                Kind = KindFor(task.Status),
                From = last.To,
                To = task.Status.ToString(),
                Stage = task.Stage,
                Reason = wasInProgress ? WasInProgress : "So it stood where it came from.",
            },
        ];
    }

    private static JournalEventKind KindFor(JournalTaskStatus status) => status switch
    {
        JournalTaskStatus.Completed => JournalEventKind.Completed,
        JournalTaskStatus.Failed => JournalEventKind.Failed,
        JournalTaskStatus.Skipped => JournalEventKind.Skipped,
        JournalTaskStatus.Canceled => JournalEventKind.Canceled,
        _ => JournalEventKind.Released,
    };
}
