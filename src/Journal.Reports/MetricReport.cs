using System.Diagnostics;
using System.Globalization;
using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Reports;

/// <summary>
/// What a journal holds, in the text format of Prometheus. A batch is told by its name, never by its id, its keys or its errors, so that there are as many
/// series as there are names. Times are points in time, so that whoever reads them knows how old they are.
/// </summary>
public sealed class MetricReport
{
    private readonly TextWriter _to;

    private MetricReport(TextWriter to) => _to = to;

    /// <summary>Writes the metrics of a journal; nothing before all of it was read.</summary>
    /// <param name="to">Where to; its new lines should be line feeds.</param>
    /// <param name="store">The journal.</param>
    /// <param name="processes">Who lives.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static void Write(TextWriter to, IJournalStore store, IProcessTable processes)
    {
        var begun = Stopwatch.GetTimestamp();
        var names = Read(store, processes);
        var report = new MetricReport(to);
        report.WriteTasks(names);
        report.WriteAttempts(names);
        report.WriteTimes(names);
        report.WriteCollection(Stopwatch.GetElapsedTime(begun), errors: 0);
    }

    /// <summary>Writes that the journal could not be read: no sample of it, for 0 would be one.</summary>
    public static void WriteFailure(TextWriter to) => new MetricReport(to).WriteCollection(TimeSpan.Zero, errors: 1);

    private static List<NameFigures> Read(IJournalStore store, IProcessTable processes)
    {
        var tallies = store.TallyAttempts().ToLookup(static tally => tally.BatchId, StringComparer.Ordinal);
        var names = new Dictionary<string, NameFigures>(StringComparer.OrdinalIgnoreCase);
        // Newest first: the first one of a name is the one that tells where it stands.
        foreach (var batch in store.ReadBatches(new BatchQuery()))
        {
            if (!names.TryGetValue(batch.Name, out var name)) names[batch.Name] = name = new NameFigures(batch, Waiting(store, batch));
            name.Add(batch, tallies[batch.Id]);
            if (batch.InProgress > 0) name.Add(store.ReadInFlight(batch.Id).Where(task => task.Worker is not null && processes.Probe(task.Worker, store.Location) is not Liveness.Dead), Renewed(store, batch));
        }

        return [.. names.Values.OrderBy(static name => name.Name, StringComparer.Ordinal)];
    }

    private static DateTimeOffset? Waiting(IJournalStore store, JournalBatch batch) => batch.Pending == 0 ? null
        : store.ReadTasks(new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.Pending], First = 1 }).FirstOrDefault()?.CreatedAt;

    // A lease is renewed for as long as it was made.
    private static DateTimeOffset? Renewed(IJournalStore store, JournalBatch batch) =>
        store.ReadTasks(new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.InProgress] }).Max(static task => task.LeaseUntil) - batch.Options.LeaseTimeout;

    private void WriteTasks(List<NameFigures> names)
    {
        Head("journal_tasks", "gauge", "Tasks of the newest batch of a name, by status.");
        foreach (var name in names)
        {
            foreach (var status in Enum.GetValues<JournalTaskStatus>()) Sample("journal_tasks", name, name.Newest.Counts.Of(status), ("status", Snake(status)));
        }

        Head("journal_batch_status", "gauge", "1 for the status of the newest batch of a name, 0 for all others.");
        foreach (var name in names)
        {
            foreach (var status in Enum.GetValues<JournalBatchStatus>()) Sample("journal_batch_status", name, name.Newest.Status == status ? 1 : 0, ("status", Snake(status)));
        }

        Head("journal_quota_consumed_units", "gauge", "Quota units that the newest batch of a name has used, in the present period where the quota is renewed.");
        foreach (var name in names) Sample("journal_quota_consumed_units", name, name.Newest.QuotaConsumed - name.Newest.QuotaBefore);
        Head("journal_quota_limit_units", "gauge", "Quota units that the newest batch of a name may use (in a period, where the quota is renewed); only where it has a limit.");
        foreach (var name in names) if (name.Newest.QuotaLimit is { } limit) Sample("journal_quota_limit_units", name, limit);
        Head("journal_workers", "gauge", "Workers that hold a task and live, or of which that cannot be told.");
        foreach (var name in names) Sample("journal_workers", name, name.Workers.Count);
    }

    private void WriteAttempts(List<NameFigures> names)
    {
        Head("journal_attempts_total", "counter", "Attempts that have ended, of all batches of a name that the journal has, by outcome.");
        foreach (var name in names)
        {
            foreach (var outcome in Enum.GetValues<JournalAttemptOutcome>())
            {
                Sample("journal_attempts_total", name, name.Tallies.Where(tally => tally.Outcome == outcome).Sum(static tally => tally.Count), ("outcome", Snake(outcome)));
            }
        }

        Head("journal_failures_total", "counter", "Attempts that failed, of all batches of a name that the journal has, by the category of their error.");
        foreach (var name in names) WriteByCategory("journal_failures_total", name, static tally => tally.Count);

        Head("journal_retries_total", "counter", "Attempts that failed and were repeated, by the category of their error.");
        foreach (var name in names) WriteByCategory("journal_retries_total", name, static tally => tally.Repeated);
        const string duration = "journal_attempt_duration_seconds";
        Head(duration, "histogram", "How long attempts took that have ended.");
        foreach (var name in names)
        {
            long so = 0;
            for (var stretch = 0; stretch < AttemptTally.Stretches.Count; stretch++)
            {
                so += name.Tallies.Where(tally => tally.Stretch == stretch).Sum(static tally => tally.Count);
                Sample(duration + "_bucket", name, so, ("le", Number(AttemptTally.Stretches[stretch].TotalSeconds)));
            }

            var all = name.Tallies.Sum(static tally => tally.Count);
            Sample(duration + "_bucket", name, all, ("le", "+Inf"));
            Sample(duration + "_sum", name, name.Tallies.Sum(static tally => tally.Duration.TotalSeconds));
            Sample(duration + "_count", name, all);
        }
    }

    private void WriteByCategory(string metric, NameFigures name, Func<AttemptTally, long> count)
    {
        foreach (var category in Enum.GetValues<JournalErrorCategory>().Where(static category => category is not JournalErrorCategory.None))
        {
            Sample(metric, name, name.Failures.Where(tally => tally.Category == category).Sum(count), ("category", Snake(category)));
        }
    }

    private void WriteTimes(List<NameFigures> names)
    {
        Time("journal_last_start_timestamp_seconds", "When the first task of the newest batch of a name was claimed.", static name => name.Newest.StartedAt);
        Time("journal_last_end_timestamp_seconds", "When a batch of a name ended last.", static name => name.LastEnded?.EndedAt);
        Time("journal_last_success_timestamp_seconds", "When a batch of a name ended last with no task failed.", static name => name.LastSuccess);
        Time("journal_oldest_waiting_task_timestamp_seconds", "When the first task was added that waits in the newest batch of a name.", static name => name.OldestWaiting);
        Time("journal_worker_heartbeat_timestamp_seconds", "When a worker of a name last renewed its lease of a task, or claimed it.", static name => name.Heartbeat);
        Head("journal_last_duration_seconds", "gauge", "How long the batch of a name took that ended last, from its first claim to its end.");
        foreach (var name in names) if (name.LastEnded is { StartedAt: { } start, EndedAt: { } end }) Sample("journal_last_duration_seconds", name, (end - start).TotalSeconds);

        void Time(string metric, string help, Func<NameFigures, DateTimeOffset?> of)
        {
            Head(metric, "gauge", help);
            foreach (var name in names) if (of(name) is { } time) Sample(metric, name, (time - DateTimeOffset.UnixEpoch).TotalSeconds);
        }
    }

    private void WriteCollection(TimeSpan took, long errors)
    {
        Head("journal_collect_duration_seconds", "gauge", "How long it took to read the journal.");
        Line("journal_collect_duration_seconds", "", took.TotalSeconds);
        Head("journal_collect_errors_total", "counter", "1 where the journal could not be read: then there are no samples of it.");
        Line("journal_collect_errors_total", "", errors);
    }

    private void Head(string metric, string type, string help)
    {
        _to.WriteLine($"# HELP {metric} {help}");
        _to.WriteLine($"# TYPE {metric} {type}");
    }

    private void Sample(string metric, NameFigures name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = $"batch=\"{Escaped(name.Name)}\"";
        foreach (var (label, of) in labels) text += $",{label}=\"{Escaped(of)}\"";
        Line(metric, $"{{{text}}}", value);
    }

    private void Line(string metric, string labels, double value) => _to.WriteLine($"{metric}{labels} {Number(value)}");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n");

    // InProgress is in_progress.
    private static string Snake<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select(static (c, n) => char.IsUpper(c) ? (n > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>What is known of the batches of a name.</summary>
    private sealed class NameFigures(JournalBatch newest, DateTimeOffset? oldestWaiting)
    {
        public string Name => Newest.Name;

        public JournalBatch Newest { get; } = newest;

        public DateTimeOffset? OldestWaiting { get; } = oldestWaiting;

        public List<AttemptTally> Tallies { get; } = [];

        public IEnumerable<AttemptTally> Failures => Tallies.Where(static tally => tally.Outcome is JournalAttemptOutcome.Failed);

        public HashSet<WorkerIdentity> Workers { get; } = [];

        public DateTimeOffset? Heartbeat { get; private set; }

        public JournalBatch? LastEnded { get; private set; }

        public DateTimeOffset? LastSuccess { get; private set; }

        public void Add(JournalBatch batch, IEnumerable<AttemptTally> tallies)
        {
            Tallies.AddRange(tallies);
            if (!batch.Status.HasEnded() || batch.EndedAt is not { } end) return;
            if (LastEnded is null || end > LastEnded.EndedAt) LastEnded = batch;
            if (batch.Status is JournalBatchStatus.Completed && (LastSuccess is null || end > LastSuccess)) LastSuccess = end;
        }

        public void Add(IEnumerable<InFlightTask> held, DateTimeOffset? renewed)
        {
            foreach (var task in held) Workers.Add(task.Worker!);
            if (Workers.Count > 0 && (Heartbeat is null || renewed > Heartbeat)) Heartbeat = renewed;
        }
    }
}
