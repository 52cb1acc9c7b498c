using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>YAML files, one for each episode, of a pipeline whose stages are waiting, doing and done by name (downloading, downloaded, …).</summary>
internal sealed class EpisodeFiles
{
    private static readonly string[] Order = ["Download", "Convert", "Transcribe", "Upload", "Schedule", "Publish"];

    private readonly ImportOptions _options;
    private readonly SourceBatch _batch;

    /// <param name="folder">The folder, or the one file, as the batch's source.</param>
    /// <param name="options">How times are read, and what to call the batch.</param>
    public EpisodeFiles(SourceFile folder, ImportOptions options)
    {
        _options = options;
        _batch = new SourceBatch(folder, ImportFormat.Episodes) { SourceType = "Episode" };
        if (options.Name is { } name) _batch.Name = name;
        foreach (var stage in Order.Where(static stage => stage != "Transcribe")) _batch.Stage(stage);
    }

    /// <summary>Whether a map is an episode.</summary>
    public static bool LooksLikeEpisode(Fields fields) => fields.Has("stage", "status", "currentstage") && fields.Has("id", "episodeid", "externalid", "guid", "videoid", "youtubeid");

    /// <summary>The batch with the episodes that were added.</summary>
    public SourceBatch Batch
    {
        get
        {
            // A stage that not every pipeline has takes its place among the others.
            _batch.Stages.Sort(static (left, right) => Place(left).CompareTo(Place(right)));
            return _batch;
        }
    }

    /// <summary>Adds the episode of one file.</summary>
    public void Add(SourceFile file, Node root)
    {
        var fields = new Fields(root, file, _options.NaiveTimes);
        var outside = fields.Text("externalid", "outsideid", "videoid", "youtubeid", "guid", "sourceid");
        var own = fields.Text("id", "episodeid");
        var key = outside ?? own ?? throw fields.Wrong("An episode has no id.");
        if (_batch.Find(key) is not null) throw fields.Wrong($"There are two episodes '{key}'.");
        var task = _batch.Add(key);
        task.Error = SourceError.Of(fields);
        var history = fields.Items("errorhistory", "errors", "errorlog");
        var stage = fields.Require("stage", "stage", "currentstage", "status");
        Place(task, stage, fields);
        task.CreatedAt = fields.Time("createdat", "created", "discoveredat");
        task.UpdatedAt = fields.Time("lastupdated", "updatedat", "updated", "modifiedat");
        task.StartedAt = fields.Time("startedat", "started");
        task.EndedAt = fields.Time("completedat", "publishedat", "endedat");
        task.Outputs = [.. Files(fields)];
        task.TargetId = fields.Text("targetid");
        var tries = fields.Nested("attempts", "attemptsperstage", "stageattempts", "retries");
        foreach (var node in history) AddError(task, fields.In(node));
        if (task.Stage is not null && tries?.Map.Members.FirstOrDefault(member => StageOf(member.Key).Stage == task.Stage).Value is { } count) task.Tries = tries.In(Node.Map([new("n", count)])).Whole("n") ?? 0;
        if (!task.Error.IsThere && task.Status is JournalTaskStatus.Failed && task.Attempts.Count > 0)
        {
            var last = task.Attempts[^1];
            task.Error = new SourceError(last.ErrorMessage, last.ErrorCategory.ToString(), last.ScriptStackTrace);
        }

        task.Events = [.. Events(task, fields)];
        List<KeyValuePair<string, Node>> more = [new("stage", Node.Of(stage))];
        if (own is not null && own != key) more.Add(new("id", Node.Of(own)));
        if (tries is not null) more.Add(new("attempts", tries.Map));
        fields.Drop("errorcount");
        task.Metadata = fields.Metadata([.. more]);
    }

    // The table stands in docs/import-export.md: what is being done or waits is pending in that stage, what is done waits for the next one.
    private void Place(SourceTask task, string name, Fields fields)
    {
        var (stage, done) = StageOf(name);
        if (stage is null)
        {
            task.Status = StatusNames.Find(name) ?? throw fields.Wrong($"'{name}' is no stage that is known.");
            var at = fields.Text("failedstage", "laststage", "failedat");
            task.Stage = at is not null && StageOf(at).Stage is { } known ? _batch.Stage(known) : null;
            if (task.Status is JournalTaskStatus.Completed) task.Stage = _batch.Stages[^1];
            return;
        }

        task.Stage = _batch.Stage(stage);
        if (!done) return;
        if (stage == "Publish") task.Status = JournalTaskStatus.Completed;
        else task.Stage = _batch.Stage(Next(stage));
    }

    private static string Next(string stage) => stage switch { "Download" => "Convert", "Convert" or "Transcribe" => "Upload", "Upload" => "Schedule", _ => "Publish" };

    private static int Place(string stage) => Array.IndexOf(Order, stage) is >= 0 and var place ? place : int.MaxValue;

    // downloading, downloaded, download, download_pending: the verb is the stage.
    private static (string? Stage, bool Done) StageOf(string name)
    {
        var folded = FieldNames.Fold(name);
        foreach (var stage in Order)
        {
            var verb = stage.ToLowerInvariant();
            var stem = verb.TrimEnd('e');
            if (folded == verb || folded == stem + "ing" || folded == verb + "pending" || folded == verb + "queued") return (stage, false);
            if (folded == stem + "ed" || folded == verb + "done") return (stage, true);
        }

        return folded is "discovered" or "new" or "pending" or "queued" ? ("Download", false) : (null, false);
    }

    private void AddError(SourceTask task, Fields error)
    {
        var stage = error.Text("stage", "failedstage");
        var known = stage is null ? null : StageOf(stage).Stage ?? stage;
        var facts = SourceError.Of(error);
        if (error.Time("time", "timestamp", "at", "date", "occurredat") is { } at) task.AddAttempt(at, at, JournalAttemptOutcome.Failed, facts, known is null ? null : _batch.Stage(known));
    }

    private IEnumerable<JournalEvent> Events(SourceTask task, Fields fields)
    {
        long order = 0;
        foreach (var node in fields.Items("events", "eventlog", "history", "stagehistory"))
        {
            var entry = fields.In(node);
            if (entry.Time("time", "timestamp", "at", "date") is not { } at) continue;
            var stage = entry.Text("stage");
            var known = stage is null ? null : StageOf(stage).Stage;
            var told = new[] { stage, entry.Text("event", "status", "action"), entry.Text("details", "message", "note") }.Where(static part => part is not null);
            yield return new JournalEvent { Id = ++order, At = at, BatchId = "", Kind = JournalEventKind.Amended, Stage = known is null ? null : _batch.Stage(known), Worker = task.Worker, Reason = string.Join(": ", told) };
        }
    }

    private static IEnumerable<string> Files(Fields fields)
    {
        if (fields.Take("files", "filepaths") is not { } node) yield break;
        foreach (var entry in node.Kind switch { NodeKind.List => node.Items, NodeKind.Map => [.. node.Members.Select(static member => member.Value)], _ => [node] })
        {
            if (entry.Kind is NodeKind.Text) yield return entry.Text;
            else if (entry.Kind is NodeKind.Map && fields.In(entry).Text("path", "file", "name") is { } path) yield return path;
        }
    }
}
