using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Foreign;

/// <summary>
/// Episodes of a pipeline whose stages are waiting, doing and done by name (downloading, downloaded, …): YAML files, one for each, an index of
/// their stages in JSON, and a database with a log of events. All three of one folder are one batch.
/// </summary>
internal sealed class Episodes
{
    /// <summary>What the index of a folder is called.</summary>
    public const string IndexName = "index.json";

    /// <summary>What the database of a folder is called.</summary>
    public const string DatabaseName = "state.db";

    private static readonly string[] Order = ["Download", "Convert", "Transcribe", "Upload", "Schedule", "Publish"];
    private static readonly Dictionary<string, string> Nouns = new() { ["conversion"] = "Convert", ["transcription"] = "Transcribe", ["publication"] = "Publish" };
    private static readonly string[] OutsideIds = ["externalid", "outsideid", "archiveidentifier", "guid", "sourceid", "videoid", "youtubeid"];

    private static readonly string[] Published = ["publisheddate", "publishedat"];
    private static readonly string[] Scheduled = ["scheduleddate", "scheduledat"];

    private readonly ImportOptions _options;
    private readonly SourceBatch _batch;
    private readonly Dictionary<string, string> _outside = new(StringComparer.Ordinal);
    private long _order;

    /// <param name="source">The folder, or the one file, as the batch's source.</param>
    /// <param name="options">How times are read, and what to call the batch.</param>
    public Episodes(SourceFile source, ImportOptions options)
    {
        _options = options;
        _batch = new SourceBatch(source, ImportFormat.Episodes) { SourceType = "Episode" };
        if (options.Name is { } name) _batch.Name = name;
        foreach (var stage in Order.Where(static stage => stage != "Transcribe")) _batch.Stage(stage);
    }

    /// <summary>The tables that are read of a database.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["episode_states", "processing_log"];

    /// <summary>Whether a map is an episode.</summary>
    public static bool LooksLikeEpisode(Fields fields) => fields.Has("stage", "status", "currentstage") && fields.Has(["id", "episodeid", .. OutsideIds]);

    /// <summary>Whether a map is an index of episodes: nothing but names of stages, one of which no other system has.</summary>
    public static bool LooksLikeIndex(Node root) =>
        root.Members.Count > 0
        && root.Members.All(static member => member.Value.Kind is NodeKind.Text && (StageOf(member.Value.Text).Stage is not null || FieldNames.Fold(member.Value.Text) is "failed" or "skipped"))
        && root.Members.Any(static member => FieldNames.Fold(member.Value.Text) is not ("failed" or "skipped" or "pending" or "new" or "queued"));

    /// <summary>Whether tables are those of a database of episodes.</summary>
    public static bool LooksLikeTables(Fields tables) => tables.Has("episodestates");

    /// <summary>How many were added.</summary>
    public int Count => _batch.Tasks.Count;

    /// <summary>The batch with the episodes that were added.</summary>
    public SourceBatch Finish()
    {
        // A stage that not every pipeline has takes its place among the others.
        _batch.Stages.Sort(static (left, right) => Place(left).CompareTo(Place(right)));
        // The last entry of an episode's log leads to where it stands.
        foreach (var task in _batch.Tasks.Where(static task => task.Events.Count > 0)) task.Events = [.. task.Events.SkipLast(1), Copy(task.Events[^1], task.Status.ToString())];
        return _batch;
    }

    /// <summary>Adds the episode of one file.</summary>
    public void Add(SourceFile file, Node root) => Add(file, root, isRow: false);

    /// <summary>Adds the episodes of an index that are not there yet.</summary>
    public void AddIndex(SourceFile file, Node root)
    {
        foreach (var (id, stage) in root.Members)
        {
            if (id.Length == 0) throw file.Wrong(stage.Line, "An episode has no id.");
            if (_batch.Find(id) is null) Add(file, Node.Map([new("episode_id", Node.Of(id, stage.Line)), new("stage", stage)], stage.Line), isRow: false);
        }
    }

    /// <summary>Adds the episodes of a database that are not there yet, and its log.</summary>
    public void AddTables(SourceFile file, Fields tables)
    {
        foreach (var row in tables.Items("episodestates"))
        {
            var id = tables.In(row).Text("episodeid", "id") ?? throw file.Wrong(row.Line, "An episode has no id.");
            if (_batch.Find(id) is null) Add(file, row, isRow: true);
        }

        foreach (var row in tables.Items("processinglog"))
        {
            var fields = tables.In(row);
            var task = fields.Text("episodeid", "id") is { } id ? _batch.Find(id) : null;
            if (Event(fields, task?.Worker) is not { } entry) throw file.Wrong(row.Line, "An entry of the log has no time.");
            if (task is not null) task.Events = [.. task.Events, entry];
            // Of an episode that is no longer there.
            else _batch.Events.Add(Copy(entry, null, $"{fields.Text("episodeid")}: {entry.Reason}"));
        }
    }

    private void Add(SourceFile file, Node root, bool isRow)
    {
        var fields = new Fields(root, file, _options.NaiveTimes);
        var own = fields.Text("episodeid", "id");
        var outside = fields.Text(OutsideIds);
        var key = own ?? outside ?? throw fields.Wrong("An episode has no id.");
        if (_batch.Find(key) is not null) throw fields.Wrong($"There are two episodes '{key}'.");
        if (outside is not null && !_outside.TryAdd(outside, key)) throw fields.Wrong($"The episodes '{_outside[outside]}' and '{key}' have the same outside id '{outside}'.");
        var task = _batch.Add(key);
        task.TargetId = outside;
        task.Error = SourceError.Of(fields);
        var history = fields.Items("errorhistory", "errors", "errorlog");
        var stage = fields.Require("stage", "stage", "currentstage", "status");
        Place(task, stage, fields);
        task.CreatedAt = fields.Time("createdat", "created", "discoveredat");
        task.UpdatedAt = fields.Time("lastupdated", "updatedat", "updated", "modifiedat");
        task.StartedAt = fields.Time("startedat", "started");
        // What the outside world says of it: where it stands there, and since when. It stays in the metadata, too.
        var results = fields.Originals("youtube", "results").Select(static member => member.Value).Where(static node => node.Kind is NodeKind.Map).Select(fields.In).FirstOrDefault();
        task.EndedAt = fields.Time("completedat", "endedat") ?? fields.Kept(Published).Time(Published) ?? results?.Time(Published);
        if (task.Stage == "Publish" && task.Status is JournalTaskStatus.Pending) task.NotBefore = fields.Kept(Scheduled).Time(Scheduled) ?? results?.Time(Scheduled);
        AddFiles(task, fields);
        foreach (var node in history) AddError(task, fields.In(node));
        if (task.Attempts.Count > 0 && task.Status is JournalTaskStatus.Failed or JournalTaskStatus.Skipped)
        {
            // It ended in the stage of its last error.
            var last = task.Attempts[^1];
            task.Stage ??= last.Stage;
            if (!task.Error.IsThere && task.Status is JournalTaskStatus.Failed) task.Error = new SourceError(last.ErrorMessage, last.ErrorCategory.ToString(), last.ScriptStackTrace);
        }

        var tries = fields.Nested("attempts", "attemptsperstage", "stageattempts", "retries");
        if (task.Stage is not null && tries?.Map.Members.FirstOrDefault(member => StageOf(member.Key).Stage == task.Stage).Value is { } count) task.Tries = tries.In(Node.Map([new("n", count)])).Whole("n") ?? 0;
        foreach (var node in fields.Items("events", "eventlog", "history", "stagehistory"))
        {
            if (Event(fields.In(node), task.Worker) is { } entry) task.Events = [.. task.Events, entry];
        }

        List<KeyValuePair<string, Node>> more = [new("stage", Node.Of(stage))];
        if (tries is not null) more.Add(new("attempts", tries.Map));
        if (!isRow) fields.Drop("errorcount");
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

    // downloading, downloaded, download, download_pending, conversion: the verb is the stage.
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

        if (Nouns.TryGetValue(folded, out var meant)) return (meant, false);
        return folded is "discovered" or "new" or "pending" or "queued" ? ("Download", false) : (null, false);
    }

    private void AddError(SourceTask task, Fields error)
    {
        var stage = error.Text("stage", "failedstage");
        var known = stage is null ? null : StageOf(stage).Stage ?? stage;
        var facts = SourceError.Of(error);
        if (error.Time("time", "timestamp", "at", "date", "occurredat") is { } at) task.AddAttempt(at, at, JournalAttemptOutcome.Failed, facts, known is null ? null : _batch.Stage(known));
    }

    private JournalEvent? Event(Fields entry, string? worker)
    {
        if (entry.Time("time", "timestamp", "at", "date") is not { } at) return null;
        var stage = entry.Text("stage");
        var known = stage is null ? null : StageOf(stage).Stage;
        var told = new[] { stage, entry.Text("event", "status", "action"), entry.Text("details", "message", "note") }.Where(static part => part is not null);
        return new JournalEvent { Id = ++_order, At = at, BatchId = "", Kind = JournalEventKind.Amended, Stage = known is null ? null : _batch.Stage(known), Worker = worker, Reason = string.Join(": ", told) };
    }

    private static JournalEvent Copy(JournalEvent entry, string? to, string? reason = null) =>
        new() { Id = entry.Id, At = entry.At, BatchId = "", Kind = entry.Kind, To = to, Stage = entry.Stage, Worker = entry.Worker, Reason = reason ?? entry.Reason };

    // The URL of the source is what the work begins with; the other files are what it made.
    private static void AddFiles(SourceTask task, Fields fields)
    {
        if (fields.Originals("sourceurl", "source").FirstOrDefault(static member => member.Value is { Kind: NodeKind.Text, Text.Length: > 0 }).Value is { } source) task.Input = TaskInput.OfText(source.Text);
        if (fields.Take("files", "filepaths") is not { } node) return;
        var outputs = new List<string>();
        var entries = node.Kind switch { NodeKind.List => node.Items.Select(static item => new KeyValuePair<string, Node>("", item)), NodeKind.Map => node.Members, _ => [new("", node)] };
        foreach (var (name, entry) in entries)
        {
            var path = entry.Kind is NodeKind.Text ? entry.Text : entry.Kind is NodeKind.Map ? fields.In(entry).Text("path", "file", "name") : null;
            if (string.IsNullOrEmpty(path)) continue;
            if (FieldNames.Fold(name) is "source" or "sourceurl" or "url" or "sourcefile") task.Input = TaskInput.OfText(path);
            else outputs.Add(path);
        }

        task.Outputs = outputs;
    }
}
