using Journal.Lifecycle;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>What a monitor asks about the runs of a name.</summary>
/// <param name="Name">The name, in any case.</param>
/// <param name="MaxAge">How long ago the newest run may have ended.</param>
/// <param name="MaxFailures">How many of its tasks may have failed.</param>
/// <param name="MinCompleted">How many must have been completed.</param>
public sealed record HealthDemand(string Name, TimeSpan MaxAge, long MaxFailures = 0, long MinCompleted = 0);

/// <summary>Judges whether the runs of a name happen and go well. What never began, and what nobody goes on with, is not well: silence is told, too.</summary>
public static class BatchHealth
{
    private const int Well = 0, Look = 1, Bad = 2, Unknown = 3;

    private static readonly JournalBatchStatus[] Ended = [.. Enum.GetValues<JournalBatchStatus>().Where(static status => status.HasEnded())];

    /// <summary>Judges.</summary>
    /// <param name="store">The journal, or one without anything where there is none yet.</param>
    /// <param name="demand">What is asked.</param>
    /// <param name="processes">Who lives.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static JournalBatchHealth Judge(IJournalStore store, HealthDemand demand, IProcessTable processes)
    {
        var (newest, ended) = (Newest(store, demand.Name), Newest(store, demand.Name, Ended));
        if (newest is null) return Tell(store, demand, null, null, Bad, "No batch of that name was ever started.");
        if (!newest.Status.HasEnded())
        {
            newest = LivingWork.Look(store, newest, processes);
            if (Trouble(newest, store.Now) is var (code, why)) return Tell(store, demand, newest, ended, code, why);
        }

        if (ended is null) return Unfinished(store, demand, newest);
        var age = store.Now - (ended.EndedAt ?? ended.CreatedAt);
        var reason = age > demand.MaxAge ? $"The newest run that has ended did so {RelativeTime.Age(age)}, and {RelativeTime.Countdown(demand.MaxAge)} are allowed."
            : ended.Status is JournalBatchStatus.Canceled ? $"It was canceled {RelativeTime.Age(age)}."
            : ended.Failed > demand.MaxFailures ? $"{Amount.Of(ended.Failed, "task")} failed, and {demand.MaxFailures} may."
            : ended.Completed < demand.MinCompleted ? $"{Amount.Of(ended.Completed, "task")} {(ended.Completed == 1 ? "was" : "were")} completed, and {demand.MinCompleted} must be."
            : null;
        return reason is null
            ? Tell(store, demand, ended, ended, Well, $"{ended.Completed} completed, {ended.Failed} failed; ended {RelativeTime.Age(age)}{(newest.Id == ended.Id ? "" : ", and the next is under way")}.")
            : Tell(store, demand, ended, ended, Bad, reason);
    }

    /// <summary>The answer where the journal cannot be read.</summary>
    /// <param name="location">The journal.</param>
    /// <param name="demand">What is asked.</param>
    /// <param name="why">Why not.</param>
    public static JournalBatchHealth CannotTell(string location, HealthDemand demand, string why) =>
        new() { Name = demand.Name, MaxAge = demand.MaxAge, ExitCode = Unknown, Reason = why, JournalPath = location };

    // A pause that ends by itself is to be looked at; one that waits for somebody, or for the next run, is not well.
    private static (int Code, string Why)? Trouble(JournalBatch batch, DateTimeOffset now) => batch switch
    {
        { Status: JournalBatchStatus.Paused, PausedUntil: { } until } when until > now => (Look, $"It is paused until {RelativeTime.Local(until)}: {batch.PauseReason}"),
        { Status: JournalBatchStatus.Paused } => (Bad, $"It is paused at {batch.Progress}: {batch.PauseReason}"),
        { Status: JournalBatchStatus.Running, HasWorker: false } => (Bad, $"Nobody works on it, and {batch.Progress} are done."),
        _ => null,
    };

    private static JournalBatchHealth Unfinished(IJournalStore store, HealthDemand demand, JournalBatch newest)
    {
        var age = store.Now - (newest.StartedAt ?? newest.CreatedAt);
        var what = newest.StartedAt is null ? "was added" : "began";
        return age > demand.MaxAge
            ? Tell(store, demand, newest, null, Bad, $"The only run {what} {RelativeTime.Age(age)} and has not ended; {RelativeTime.Countdown(demand.MaxAge)} are allowed.")
            : Tell(store, demand, newest, null, Look, $"The first run {what} {RelativeTime.Age(age)}, and {newest.Progress} are done.");
    }

    private static JournalBatch? Newest(IJournalStore store, string name, JournalBatchStatus[]? statuses = null) =>
        store.ReadBatches(BatchQuery.NewestOf(name) with { Statuses = statuses }).FirstOrDefault();

    private static JournalBatchHealth Tell(IJournalStore store, HealthDemand demand, JournalBatch? batch, JournalBatch? ended, int code, string reason) => new()
    {
        Name = demand.Name,
        MaxAge = demand.MaxAge,
        ExitCode = code,
        Reason = reason,
        BatchId = batch?.Id,
        StatusText = batch?.StatusText,
        Completed = batch?.Completed ?? 0,
        Failed = batch?.Failed ?? 0,
        Remaining = batch?.Counts.Open ?? 0,
        LastEnd = ended?.EndedAt,
        Age = ended?.EndedAt is { } end ? store.Now - end : null,
        JournalPath = store.Location,
    };
}
