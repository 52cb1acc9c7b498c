using Journal.Policy;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>
/// The failures in a row of all workers of a batch, as its trail tells them. Each worker's breaker counts what it sees itself; a cause that lies outside
/// the tasks shows in those of all, and no worker may have seen enough of them.
/// </summary>
/// <param name="Failures">The failures, newest first; a task stands here once for each.</param>
/// <param name="Tasks">How many tasks they are of.</param>
/// <param name="Alike">The last ones of them that failed with one signature.</param>
/// <param name="Message">The newest one's error.</param>
internal sealed record SharedStreak(IReadOnlyList<FailedAttempt> Failures, int Tasks, int Alike, string? Message)
{
    // A task of the streak may have failed at some of its retries, too.
    private const int FailuresOfATask = 4;

    private static readonly JournalEventKind[] Ends =
        [JournalEventKind.Completed, JournalEventKind.Advanced, JournalEventKind.Skipped, JournalEventKind.Failed, JournalEventKind.Retried, JournalEventKind.Refunded];

    /// <summary>Reads the present streak.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batchId">The batch.</param>
    /// <param name="threshold">How many tasks are of interest.</param>
    /// <param name="since">What ended before is another run's matter.</param>
    public static SharedStreak Read(IJournalStore store, string batchId, int threshold, DateTimeOffset since)
    {
        var ended = store.ReadEvents(new EventQuery { BatchIds = [batchId], Kinds = Ends, Last = (long)threshold * FailuresOfATask }).ToList();
        ended.Reverse();
        var failed = ended.TakeWhile(e => e.Kind is JournalEventKind.Failed or JournalEventKind.Retried && e.At >= since).Select(static e => e.TaskId ?? 0).ToList();
        var tasks = failed.Count == 0 ? [] : store.ReadTasks(new TaskQuery { Ids = [.. failed.Distinct()] }).ToDictionary(static task => task.Id);
        // One that succeeds now, or is canceled, has no error any more; the row of failures ends there.
        // One that waits because it was asked to slow down says nothing either way.
        var streak = failed.TakeWhile(id => tasks.TryGetValue(id, out var task) && task.Signature is not null)
            .Where(id => tasks[id] is not { ErrorCategory: JournalErrorCategory.RateLimited, Status: JournalTaskStatus.Pending or JournalTaskStatus.InProgress }).ToList();
        var alike = streak.TakeWhile(id => tasks[id].Signature == tasks[streak[0]].Signature).Distinct().Count();
        // A task that somebody tries again keeps what it has: its new attempt will tell.
        var failures = streak.Where(id => tasks[id].Status is not JournalTaskStatus.InProgress).Select(id => new FailedAttempt(id, tasks[id].Token)).ToList();
        return new SharedStreak(failures, streak.Distinct().Count(), alike, streak.Count > 0 ? tasks[streak[0]].ErrorMessage : null);
    }
}
