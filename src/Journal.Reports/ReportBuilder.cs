using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Reports;

/// <summary>Reads from a journal what a report tells.</summary>
/// <param name="store">The journal.</param>
/// <param name="zone">On whose clock times are told.</param>
public sealed class ReportBuilder(IJournalStore store, TimeZoneInfo zone)
{
    private const int MostStretches = 60;

    /// <summary>How many tasks, errors and files are listed at most.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Looks for output files, see <see cref="OutputTally.OnDisk"/>; null to leave the disk alone.</summary>
    public Func<string, long?>? SizeOf { get; init; }

    /// <summary>Who lives; null to leave out whether somebody works on a batch.</summary>
    public IProcessTable? Processes { get; init; }

    /// <summary>Builds the report.</summary>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    public ReportModel Build(ReportScope scope)
    {
        var tasks = scope.Tasks;
        var counts = Counts(tasks);
        var batches = Batches(scope, counts);
        var completed = store.GroupTasks(new GroupQuery(tasks with { Statuses = [JournalTaskStatus.Completed] }, [new TaskGrouping(TaskGroupKey.Status)])).FirstOrDefault();
        var failures = store.ReadTasks(tasks with { Statuses = [JournalTaskStatus.Failed], OrderBy = TaskOrder.EndedAt, Descending = true, First = Top }).ToList();
        return new ReportModel
        {
            Scope = scope,
            JournalPath = store.Location,
            MadeAt = store.Now,
            Zone = zone,
            Batches = batches,
            Counts = batches.Aggregate(default(TaskCounts), static (sum, batch) => sum.Plus(batch.Counts)),
            MeanDuration = completed?.MeanDuration,
            MedianDuration = completed?.MedianDuration,
            P95Duration = completed?.P95Duration,
            Progress = ProgressSeries.Read(store, tasks, zone, MostStretches),
            Errors = Errors(tasks),
            Failures = failures,
            FailureLogs = Logs(failures),
            Slowest = [.. store.ReadTasks(tasks with { Statuses = [JournalTaskStatus.Completed, JournalTaskStatus.Failed], OrderBy = TaskOrder.Duration, Descending = true, First = Top }).Where(static task => task.Duration is not null)],
            Outputs = batches.Any(static batch => batch.Summary.Outputs > 0) ? OutputTally.Read(store, tasks, SizeOf, Top) : OutputTally.None,
        };
    }

    private Dictionary<string, TaskCounts> Counts(TaskQuery tasks)
    {
        var counts = new Dictionary<string, TaskCounts>(StringComparer.Ordinal);
        foreach (var group in store.GroupTasks(new GroupQuery(tasks, [new TaskGrouping(TaskGroupKey.BatchId), new TaskGrouping(TaskGroupKey.Status)])))
        {
            var id = (string)group.Values[0]!;
            counts[id] = counts.GetValueOrDefault(id).Moved(null, (JournalTaskStatus)group.Values[1]!, group.Count);
        }

        return counts;
    }

    // Of a period: the batches that had tasks end in it, or that were created in it.
    private List<ReportBatch> Batches(ReportScope scope, Dictionary<string, TaskCounts> counts)
    {
        var batches = scope.BatchIds is { } ids
            ? ids.Distinct(StringComparer.Ordinal).Select(store.RequireBatch).OrderByDescending(static batch => batch.CreatedAt)
            : store.ReadBatches(new BatchQuery { Since = scope.Since }).Where(batch => counts.ContainsKey(batch.Id) || (batch.CreatedAt >= scope.Since && batch.CreatedAt < scope.Until));
        return batches.ToList().ConvertAll(batch => new ReportBatch(BatchSummary.Read(store, Processes is null ? batch : LivingWork.Look(store, batch, Processes), zone), counts.GetValueOrDefault(batch.Id)));
    }

    // Of the attempt that a task failed in: those before it were tried again.
    private Dictionary<long, string> Logs(List<JournalTask> failures)
    {
        var logs = new Dictionary<long, string>();
        if (failures.Count == 0) return logs;
        foreach (var attempts in store.ReadAttempts(new AttemptQuery { TaskIds = failures.ConvertAll(static task => task.Id) }).GroupBy(static attempt => attempt.TaskId))
        {
            if (attempts.MaxBy(static attempt => attempt.Number)?.Log is { } log) logs[attempts.Key] = log;
        }

        return logs;
    }

    private List<JournalErrorSummary> Errors(TaskQuery tasks)
    {
        var failed = tasks with { Statuses = [JournalTaskStatus.Failed] };
        var groups = store.GroupTasks(new GroupQuery(failed, [new TaskGrouping(TaskGroupKey.ErrorCategory), new TaskGrouping(TaskGroupKey.Signature)])).Take(Top).ToList();
        return groups.ConvertAll(group =>
        {
            var (category, signature) = ((JournalErrorCategory)group.Values[0]!, (string?)group.Values[1]);
            // Where there is no signature the group's own example is the only way to one of its tasks.
            var example = store.ReadTasks(failed with
            {
                Categories = [category],
                Signatures = signature is null ? null : [TextPattern.Exactly(signature)],
                Keys = signature is null && group.Example is { } key ? [TextPattern.Exactly(key)] : null,
                First = 1,
            }).FirstOrDefault();
            return new JournalErrorSummary(category, signature, group.Count, example?.ErrorMessage, example?.Key);
        });
    }
}
