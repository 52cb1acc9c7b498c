using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>A JSON array of job records. Each record is an attempt; records of one input (its URL, else its id) are one task.</summary>
internal sealed class JobLog(SourceFile file, ImportOptions options)
{
    /// <summary>Whether an object is a record of such a log.</summary>
    public static bool LooksLikeRecord(Fields record) =>
        record.Has("success") || (record.Has("loggedat", "stagetimings", "timings", "filescreated") && record.Has("id", "jobid", "url", "videoid"));

    /// <summary>The batch.</summary>
    public SourceBatch Read(IReadOnlyList<Node> records)
    {
        var batch = new SourceBatch(file, ImportFormat.JobLog);
        if (options.Name is { } name) batch.Name = name;
        // A log is written in the order in which jobs ended, and two records of one job may have been written by two processes.
        foreach (var (fields, start, end) in records.Select(Time).OrderBy(static record => record.End ?? DateTimeOffset.MinValue)) AddRecord(batch, fields, start, end);
        batch.Identity = records.Count > 0 ? Key(Fields(records[0])) : "";
        return batch;
    }

    private (Fields Fields, DateTimeOffset? Start, DateTimeOffset? End) Time(Node node)
    {
        var fields = Fields(node);
        var start = fields.Time("starttime", "startedat", "started", "start");
        var end = fields.Time("endtime", "endedat", "completedat", "finishedat", "ended", "end");
        var logged = fields.Time("loggedat", "timestamp", "logged");
        var duration = fields.Duration("duration", "totalduration", "elapsed", "processingtime");
        end ??= start + duration ?? logged;
        return (fields, start ?? end - duration, end);
    }

    private static void AddRecord(SourceBatch batch, Fields fields, DateTimeOffset? start, DateTimeOffset? end)
    {
        var key = Key(fields);
        fields.Drop("url", "videourl", "sourceurl");
        var task = batch.Find(key) ?? batch.Add(key);
        var error = SourceError.Of(fields);
        var succeeded = fields.Flag("success", "succeeded", "ok") ?? fields.Status("status") is JournalTaskStatus.Completed or null && !error.IsThere;
        task.Status = succeeded ? JournalTaskStatus.Completed : JournalTaskStatus.Failed;
        task.Error = error;
        task.Worker = fields.Text("worker", "workerid", "workername", "agent") ?? task.Worker;
        task.TargetId = fields.Text("targetid") ?? task.TargetId;
        task.UpdatedAt = end ?? task.UpdatedAt;
        task.EndedAt = end ?? task.EndedAt;
        var stage = fields.Text("stage", "currentstage", "failedstage", "laststage");
        AddAttempts(batch, task, fields, stage, succeeded, error, start, end);
        task.Outputs = [.. task.Outputs.Union(Files(fields, "filescreated", "createdfiles", "outputfiles")).Union(Files(fields, "files"))];
        fields.Drop("filecount", "filescreatedcount", "filescount", "numberoffiles");
        task.Metadata = task.Metadata.With(fields.Metadata(stage is null || task.Stage is not null ? [] : [new("stage", Node.Of(stage))]));
    }

    // The timings of the stages follow each other from the start; a failure belongs to the stage the record names, else to the last one timed.
    private static void AddAttempts(SourceBatch batch, SourceTask task, Fields fields, string? stage, bool succeeded, SourceError error, DateTimeOffset? start, DateTimeOffset? end)
    {
        var timings = fields.Take("stagetimings", "timings", "timingsperstage", "stagedurations");
        var outcome = succeeded ? JournalAttemptOutcome.Completed : JournalAttemptOutcome.Failed;
        if (timings is not { Kind: NodeKind.Map, Members.Count: > 0 } || (start ?? end) is null)
        {
            if ((end ?? start) is { } at) task.AddAttempt(start ?? at, at, outcome, succeeded ? default : error, worker: task.Worker);
            return;
        }

        var time = start ?? end!.Value;
        var names = timings.Members.Select(member => batch.Stage(member.Key)).ToList();
        var failed = succeeded ? null : stage is null ? names[^1] : batch.Stage(stage);
        for (var i = 0; i < names.Count; i++)
        {
            var began = time;
            time += Length(fields, timings.Members[i].Value);
            if (names[i] == failed) task.AddAttempt(began, time, outcome, error, names[i], task.Worker);
            else task.AddAttempt(began, time, JournalAttemptOutcome.Completed, default, names[i], task.Worker);
        }

        // A stage that failed before it was timed took the rest.
        if (failed is not null && !names.Contains(failed)) task.AddAttempt(time, end > time ? end.Value : time, outcome, error, failed, task.Worker);
        task.Stage = failed ?? names[^1];
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

    private static string Key(Fields fields) => fields.Text("url", "videourl", "sourceurl") ?? fields.Text("id", "jobid", "videoid") ?? throw fields.Wrong("A record has neither a URL nor an id.");

    private Fields Fields(Node node) => new(node, file, options.NaiveTimes);
}
