using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Foreign;

/// <summary>
/// Records of jobs. Records of one input (its URL, else its id) are one task. Each record is one try: an attempt in every stage that it timed,
/// and the event of its end, at the time at which it was logged.
/// </summary>
internal sealed class JobLog(SourceFile file, ImportOptions options)
{
    // What a record's timings may leave out of its duration before a stage that was not timed is taken for the one that failed.
    private static readonly TimeSpan Untimed = TimeSpan.FromSeconds(0.5);

    private static readonly string[] TimingNames = ["stagetimings", "timings", "timingsperstage", "stagedurations"];
    private static readonly string[] StageFields = ["stage", "currentstage", "failedstage", "laststage"];
    private static readonly string[] Durations = ["processingduration", "duration", "totalduration", "elapsed", "processingtime"];
    private static readonly string[] LogTimes = ["loggedat", "timestamp", "logged"];

    private readonly SourceBatch _batch = new(file, ImportFormat.JobLog);

    // A record that failed early may know its id alone.
    private readonly Dictionary<string, string> _urls = new(StringComparer.Ordinal);
    private long _order;

    /// <summary>Whether an object is a record of such a log.</summary>
    public static bool LooksLikeRecord(Fields record) =>
        record.Has("success") || (record.Has("loggedat", "stagetimings", "timings", "filescreated") && record.Has("id", "jobid", "url", "videoid"));

    /// <summary>The batch.</summary>
    public SourceBatch Read(IReadOnlyList<Node> nodes)
    {
        if (options.Name is { } name) _batch.Name = name;
        // A log is written in the order in which jobs ended, and two records of one job may have been written by two processes.
        var records = nodes.Select(Read).OrderBy(static record => record.Logged ?? record.End ?? DateTimeOffset.MinValue).ToList();
        foreach (var record in records)
        {
            if (Url(record.Fields) is { } url && Id(record.Fields) is { } id) _urls.TryAdd(id, url);
            Order(record.Timings.Select(static timing => timing.Key));
        }

        foreach (var record in records) Add(record);
        _batch.Identity = records.Count > 0 ? Key(Fields(nodes[0])) : "";
        return _batch;
    }

    private Record Read(Node node)
    {
        var fields = Fields(node);
        var start = fields.Time("starttime", "startedat", "started", "start");
        var end = fields.Time("endtime", "endedat", "completedat", "finishedat", "ended", "end");
        var logged = fields.Time(LogTimes);
        var duration = fields.Duration(Durations);
        end ??= start + duration ?? logged;
        start ??= end - duration;
        var timings = fields.Take(TimingNames) is { Kind: NodeKind.Map } map ? map.Members.Where(static member => member.Key.Length > 0).ToList() : [];
        return new Record(fields, start, end, logged, duration ?? end - start, [.. timings.Select(timing => new KeyValuePair<string, TimeSpan>(timing.Key, Length(fields, timing.Value)))]);
    }

    // Each record times its stages in their order, but not every record times all of them.
    private void Order(IEnumerable<string> names)
    {
        var place = 0;
        foreach (var name in names)
        {
            var known = StageNames.Same(name, _batch.Stages);
            if (known is null) _batch.Stages.Insert(place, name);
            place = _batch.Stages.IndexOf(known ?? name) + 1;
        }
    }

    private void Add(Record record)
    {
        var fields = record.Fields;
        var key = Key(fields);
        fields.Drop("url", "videourl", "sourceurl");
        var task = _batch.Find(key) ?? _batch.Add(key);
        var error = SourceError.Of(fields);
        var succeeded = fields.Flag("success", "succeeded", "ok") ?? fields.Status("status") is JournalTaskStatus.Completed or null && !error.IsThere;
        task.Status = succeeded ? JournalTaskStatus.Completed : JournalTaskStatus.Failed;
        task.Error = error;
        var worker = fields.Text("worker", "workerid", "workername", "agent");
        task.Worker = worker ?? task.Worker;
        task.TargetId = fields.Text("targetid") ?? task.TargetId;
        task.UpdatedAt = record.Logged ?? record.End ?? task.UpdatedAt;
        task.EndedAt = record.End ?? task.EndedAt;
        // What the log itself tells of a job: its last record's.
        task.Duration = record.Duration ?? task.Duration;
        task.Tries++;
        AddAttempts(task, record, fields.Text(StageFields), worker, succeeded, error);
        if ((record.Logged ?? record.End) is { } at)
        {
            task.Events =
            [
                .. task.Events,
                new JournalEvent
                {
                    Id = ++_order, At = at, BatchId = "", Kind = succeeded ? JournalEventKind.Completed : JournalEventKind.Failed, From = nameof(JournalTaskStatus.InProgress),
                    To = task.Status.ToString(), Stage = task.Stage, Worker = worker, Reason = succeeded ? null : error.Message,
                },
            ];
        }

        task.Outputs = [.. task.Outputs.Union(Files(fields, "filescreated", "createdfiles", "outputfiles")).Union(Files(fields, "files"))];
        fields.Drop("filecount", "filescreatedcount", "filescount", "numberoffiles");
        task.Metadata = task.Metadata.With(fields.Metadata([.. fields.Originals(StageFields), .. fields.Originals(Durations), .. fields.Originals(TimingNames), .. fields.Originals(LogTimes)]));
    }

    // The timings of the stages follow each other from the start.
    private void AddAttempts(SourceTask task, Record record, string? stage, string? worker, bool succeeded, SourceError error)
    {
        var outcome = succeeded ? JournalAttemptOutcome.Completed : JournalAttemptOutcome.Failed;
        var failed = succeeded ? null : FailedStage(record, stage);
        if ((record.Start ?? record.End) is not { } time)
        {
            task.Stage = failed ?? _batch.Stages.LastOrDefault();
            return;
        }

        if (record.Timings.Count == 0)
        {
            task.Stage = failed ?? _batch.Stages.LastOrDefault();
            task.AddAttempt(time, record.Duration is { } ran ? time + ran : time, outcome, succeeded ? default : error, task.Stage, worker);
            return;
        }

        var names = record.Timings.ConvertAll(timing => StageNames.Same(timing.Key, _batch.Stages)!);
        for (var i = 0; i < names.Count; i++)
        {
            var began = time;
            time += record.Timings[i].Value;
            if (names[i] == failed) task.AddAttempt(began, time, outcome, error, names[i], worker);
            else task.AddAttempt(began, time, JournalAttemptOutcome.Completed, default, names[i], worker);
        }

        // A stage that failed before it was timed took the rest.
        if (failed is not null && !names.Contains(failed)) task.AddAttempt(time, record.End > time ? record.End.Value : time, outcome, error, failed, worker);
        task.Stage = failed ?? names[^1];
    }

    // By the stage's name, which may be spelt in another way than its timing's; else by order: a failed record's timings go as far as it came.
    private string? FailedStage(Record record, string? stage)
    {
        var timed = record.Timings.ConvertAll(timing => StageNames.Same(timing.Key, _batch.Stages)!);
        if (stage is not null && (StageNames.Match(stage, timed) ?? StageNames.Match(stage, _batch.Stages)) is { } known) return known;
        if (timed.Count == 0) return _batch.Stages.FirstOrDefault();
        var rest = record.Duration - new TimeSpan(record.Timings.Sum(static timing => timing.Value.Ticks));
        return stage is null || rest is null || rest <= Untimed ? timed[^1] : After(timed[^1], stage);
    }

    private string After(string previous, string stage)
    {
        _batch.Stages.Insert(_batch.Stages.IndexOf(previous) + 1, stage);
        return stage;
    }

    private static TimeSpan Length(Fields fields, Node node)
    {
        if (node.Kind is not NodeKind.Map) return node.Kind is NodeKind.Null ? TimeSpan.Zero : fields.Duration(node, TimeSpan.FromSeconds(1));
        var nested = fields.In(node);
        return nested.Duration("duration", "elapsed") ?? nested.Duration("seconds") ?? (nested.Time("end", "endedat") - nested.Time("start", "startedat")) ?? TimeSpan.Zero;
    }

    // Paths, or objects with a path and whether it exists, or an object of such by name.
    private static IEnumerable<string> Files(Fields fields, params string[] names)
    {
        if (fields.Take(names) is not { } node) yield break;
        // A mere number of files.
        if (node.Kind is NodeKind.Number) yield break;
        var entries = node.Kind switch { NodeKind.List => node.Items, NodeKind.Map => [.. node.Members.Select(static member => member.Value)], _ => [node] };
        foreach (var entry in entries)
        {
            if (entry.Kind is NodeKind.Text) yield return entry.Text;
            if (entry.Kind is not NodeKind.Map) continue;
            var file = fields.In(entry);
            if (file.Flag("exists") is not false && file.Text("path", "file", "filename", "name") is { } path) yield return path;
        }
    }

    private string Key(Fields fields) => Url(fields) ?? (Id(fields) is { } id ? _urls.GetValueOrDefault(id, id) : throw fields.Wrong("A record has neither a URL nor an id."));

    private static string? Url(Fields fields) => fields.Text("url", "videourl", "sourceurl");

    // It stays in the metadata.
    private static string? Id(Fields fields) => fields.Kept("id", "jobid", "videoid").Text("id", "jobid", "videoid");

    private Fields Fields(Node node) => new(node, file, options.NaiveTimes);

    private sealed record Record(Fields Fields, DateTimeOffset? Start, DateTimeOffset? End, DateTimeOffset? Logged, TimeSpan? Duration, List<KeyValuePair<string, TimeSpan>> Timings);
}
