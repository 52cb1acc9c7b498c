using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Interchange.Foreign;

/// <summary>
/// The tables of a transcoder: media files, their jobs, a log, and the state of the system. A media file is a task, and its newest job tells
/// where it stands; jobs before that one are attempts. A list of jobs alone is read as well.
/// </summary>
internal sealed class Transcoder(SourceFile file, ImportOptions options)
{
    private static readonly string[] Stages = ["download", "transcode", "upload"];

    private readonly SourceBatch _batch = new(file, ImportFormat.Transcoder) { SourceType = "MediaFile" };
    private readonly Dictionary<string, SourceTask> _byMedia = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceTask> _byJob = new(StringComparer.Ordinal);
    private long _order;

    /// <summary>The tables that are read of a database.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["media_files", "transcode_jobs", "processing_log", "system_state"];

    /// <summary>Whether tables, or the members of an object, are those of a transcoder.</summary>
    public static bool LooksLikeTables(Fields tables) => tables.Has("transcodejobs") || (tables.Has("mediafiles") && tables.Has("systemstate"));

    /// <summary>Whether an object is a job.</summary>
    public static bool LooksLikeJob(Fields record) => record.Has("status") && record.Has("mediafileid") && record.Has("stage", "workerid", "retrycount");

    /// <summary>The batch of the tables.</summary>
    public SourceBatch Read(Fields tables)
    {
        Begin();
        foreach (var node in tables.Items("mediafiles")) AddMedia(tables.In(node));
        AddJobs(tables.Items("transcodejobs"));
        foreach (var node in tables.Items("processinglog")) AddEvent(tables.In(node));
        foreach (var node in tables.Items("systemstate")) AddState(tables.In(node));
        return Finish();
    }

    /// <summary>The batch of a list of jobs.</summary>
    public SourceBatch Read(IReadOnlyList<Node> jobs)
    {
        Begin();
        AddJobs(jobs);
        return Finish();
    }

    private void Begin()
    {
        if (options.Name is { } name) _batch.Name = name;
        foreach (var stage in Stages) _batch.Stage(stage);
    }

    private SourceBatch Finish()
    {
        // The list of media files grows at its end.
        _batch.Identity = _batch.Tasks.Count > 0 ? _batch.Tasks[0].Key : "";
        foreach (var task in _batch.Tasks.Where(static task => task.Events.Count > 0)) task.Events = [.. task.Events.SkipLast(1), Event(task.Events[^1].At, task.Events[^1].Reason, task.Status.ToString())];
        return _batch;
    }

    // Without a job it waits in the first stage, if it is wanted at all.
    private void AddMedia(Fields media)
    {
        var path = media.Text("filepath", "path") ?? media.Require("path of a media file", "filename");
        if (_batch.Find(path) is not null) throw media.Wrong($"'{path}' stands there twice.");
        var task = Begin(path);
        var id = media.Text("id");
        if (id is not null && !_byMedia.TryAdd(id, task)) throw media.Wrong($"There are two media files with the id {id}.");
        // The larger first among equals, as there.
        task.Weight = Math.Max(media.Kept("filesizebytes", "filesize").Number("filesizebytes", "filesize") ?? 1, 0);
        task.Priority = media.Kept("transcodingpriority", "priority").Whole("transcodingpriority", "priority") ?? 0;
        if (media.Kept("shouldtranscode").Flag("shouldtranscode") is false)
        {
            task.Status = JournalTaskStatus.Skipped;
            task.Error = new SourceError("It is not to be transcoded.", null, null);
        }

        task.CreatedAt = media.Time("createdat", "created", "discoveredat");
        task.UpdatedAt = media.Time("updatedat", "updated");
        task.Metadata = media.Metadata(id is null ? [] : [new("media_file_id", Node.Of(id))]);
    }

    private void AddJobs(IEnumerable<Node> nodes)
    {
        // A stall may have made a second job of one file: the newest counts.
        foreach (var job in nodes.Select(node => new Fields(node, file, options.NaiveTimes)).OrderBy(static job => job.Kept("id").Number("id") ?? double.MaxValue)) AddJob(job);
    }

    private void AddJob(Fields job)
    {
        var id = job.Text("id");
        var mediaId = job.Kept("mediafileid").Text("mediafileid");
        var task = TaskOf(job, mediaId);
        if (id is not null && !_byJob.TryAdd(id, task)) throw job.Wrong($"There are two jobs with the id {id}.");
        var status = job.Require("status of a job", "status");
        // downloading: it is in that stage, and nobody works on it any more.
        var current = StageNames.Same(status, _batch.Stages);
        task.Status = current is not null ? JournalTaskStatus.Pending : StatusNames.Find(status) ?? throw job.Wrong($"'{status}' is no status that is known.");
        var stage = job.Text("stage", "currentstage") ?? current;
        task.Stage = task.Status is JournalTaskStatus.Completed ? _batch.Stages[^1] : stage is null ? null : StageNames.Match(stage, _batch.Stages) ?? _batch.Stage(stage);
        task.Error = SourceError.Of(job);
        task.Worker = job.Text("workerid", "worker") ?? task.Worker;
        task.Priority = job.Whole("priority") ?? task.Priority;
        var createdAt = job.Time("createdat", "created");
        task.CreatedAt = task.CreatedAt < createdAt ? task.CreatedAt : createdAt ?? task.CreatedAt;
        task.StartedAt = job.Time("startedat", "started");
        task.UpdatedAt = job.Time("updatedat", "updated") ?? task.UpdatedAt;
        var failed = task.Status is JournalTaskStatus.Failed;
        var ended = failed || task.Status is JournalTaskStatus.Completed;
        task.EndedAt = job.Time("completedat", "endedat", "finishedat") ?? (ended ? task.UpdatedAt : null);
        task.Tries = Math.Max(job.Whole("retrycount", "retries") ?? 0, 0) + (ended ? 1 : 0);
        if (ended && task.EndedAt is { } end)
        {
            var outcome = failed ? JournalAttemptOutcome.Failed : JournalAttemptOutcome.Completed;
            task.AddAttempt(task.StartedAt < end ? task.StartedAt.Value : end, end, outcome, failed ? task.Error : default, task.Stage, task.Worker);
        }

        task.Metadata = task.Metadata.With(job.Metadata([new("status", Node.Of(status)), .. Id(id)]));

        static KeyValuePair<string, Node>[] Id(string? id) => id is null ? [] : [new("job_id", Node.Of(id))];
    }

    private SourceTask TaskOf(Fields job, string? mediaId)
    {
        var path = job.Text("filepath", "path");
        var task = mediaId is null ? null : _byMedia.GetValueOrDefault(mediaId);
        path ??= mediaId is null ? job.Require("media file of a job", "mediafileid") : $"media file {mediaId}";
        task ??= _batch.Find(path) ?? Begin(path);
        if (mediaId is not null) _byMedia.TryAdd(mediaId, task);
        return task;
    }

    private void AddEvent(Fields entry)
    {
        var at = entry.Time("createdat", "timestamp", "time") ?? throw entry.Wrong("An entry of the log has no time.");
        var job = entry.Text("jobid");
        var told = string.Join(": ", new[] { entry.Text("level"), entry.Text("stage"), entry.Text("message", "details") }.Where(static part => part is not null));
        if (job is not null && _byJob.TryGetValue(job, out var task)) task.Events = [.. task.Events, Event(at, told, null)];
        else _batch.Events.Add(Event(at, job is null ? told : $"job {job}: {told}", null));
    }

    private void AddState(Fields row)
    {
        var key = row.Require("key of a state", "key", "name");
        var value = row.Take("value");
        if (_batch.Checkpoints.Exists(known => known.Name == key)) throw row.Wrong($"The state '{key}' comes twice.");
        _batch.Checkpoints.Add(new JournalCheckpoint(key, null, (value ?? Node.Null).ToString(), row.Time("updatedat", "updated") ?? DateTimeOffset.UnixEpoch, ""));
    }

    private SourceTask Begin(string path)
    {
        var task = _batch.Add(path);
        if (Path.IsPathFullyQualified(path)) task.Input = new TaskInput(TaskInputKind.File, path);
        return task;
    }

    private JournalEvent Event(DateTimeOffset at, string? reason, string? to) => new() { Id = ++_order, At = at, BatchId = "", Kind = JournalEventKind.Amended, To = to, Reason = reason };
}
