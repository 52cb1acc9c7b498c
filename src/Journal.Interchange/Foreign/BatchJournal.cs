using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Foreign;

/// <summary>
/// A JSON journal of batches and tasks: an object with <c>batches</c> (a list, or an object by id) whose tasks stand in them or beside them, and
/// its older form, a flat list of tasks that name their batch, or none.
/// </summary>
internal sealed class BatchJournal(SourceFile file, ImportOptions options)
{
    // Where an enumeration was written as its number.
    private static readonly JournalTaskStatus[] StatusNumbers =
        [JournalTaskStatus.Pending, JournalTaskStatus.InProgress, JournalTaskStatus.Completed, JournalTaskStatus.Failed, JournalTaskStatus.Skipped];

    private static readonly JournalErrorCategory[] CategoryNumbers =
    [
        JournalErrorCategory.None, JournalErrorCategory.QuotaExceeded, JournalErrorCategory.RateLimited, JournalErrorCategory.NotFound,
        JournalErrorCategory.PermissionDenied, JournalErrorCategory.NetworkError, JournalErrorCategory.InvalidInput, JournalErrorCategory.Unknown,
    ];

    private readonly Dictionary<string, SourceBatch> _batches = new(StringComparer.Ordinal);

    /// <summary>Whether a list holds tasks of such a journal.</summary>
    public static bool LooksLikeTask(Fields record) =>
        record.Has("status") && record.Has("sourceid", "taskid", "id") && !record.Has("success") && record.Has("sourceid", "batchid", "batch", "retrycount", "maxretries", "command", "sourcetype", "quotaconsumed");

    /// <summary>The batches.</summary>
    public IReadOnlyList<SourceBatch> Read(Node root)
    {
        if (root.Kind is NodeKind.List)
        {
            AddTasks(root, null);
        }
        else
        {
            var top = Fields(root);
            foreach (var (id, node) in Entries(top.Take("batches"))) AddBatch(id, Fields(node));
            if (top.Take("tasks", "items") is { } tasks) AddTasks(tasks, null);
        }

        return [.. _batches.Values];
    }

    private void AddBatch(string? id, Fields fields)
    {
        id = fields.Text("id", "batchid") ?? id ?? throw fields.Wrong("A batch has no id.");
        if (_batches.ContainsKey(id)) throw fields.Wrong($"There are two batches '{id}'.");
        var batch = Begin(id);
        batch.OwnName = fields.Text("command", "name");
        batch.InputSource = fields.Text("inputfile", "inputsource", "input", "source");
        batch.CreatedAt = fields.Time("createdat", "created", "createdtime");
        batch.StartedAt = fields.Time("startedat", "started");
        batch.EndedAt = fields.Time("completedat", "completed", "endedat", "finishedat");
        batch.LastResumedAt = fields.Time("lastresumedat", "lastresumed", "resumedat");
        batch.PauseReason = fields.Text("pausereason", "pausedreason");
        batch.PausedUntil = fields.Time("pauseduntil", "quotaresetat", "quotaresetsat");
        batch.IsPaused = fields.Flag("ispaused", "paused") ?? false;
        // All of these follow from the tasks.
        foreach (var name in (ReadOnlySpan<string>)["total", "totaltasks", "pending", "pendingtasks", "inprogress", "inprogresstasks", "completedtasks", "failed", "failedtasks", "skipped", "skippedtasks", "totals", "iscomplete", "quotaconsumed", "totalquotaconsumed", "quotatotal", "totalquota", "quotaused", "status"]) fields.Drop(name);
        batch.Identity = batch.CreatedAt?.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
        var tasks = fields.Take("tasks", "items");
        batch.Metadata = fields.Metadata();
        if (tasks is not null) AddTasks(tasks, batch);
    }

    private void AddTasks(Node tasks, SourceBatch? home)
    {
        foreach (var (id, node) in Entries(tasks))
        {
            var fields = Fields(node);
            var batchId = fields.Text("batchid", "batch");
            var batch = home ?? (batchId is not null && _batches.TryGetValue(batchId, out var known) ? known : Begin(batchId));
            AddTask(batch, id, fields);
        }
    }

    private static void AddTask(SourceBatch batch, string? id, Fields fields)
    {
        id = fields.Text("id", "taskid") ?? id;
        var sourceId = fields.Text("sourceid", "source", "key", "input");
        var key = sourceId ?? id ?? throw fields.Wrong("A task has neither an id nor a source id.");
        // One source may stand in a journal twice; each key is a task once.
        if (sourceId is not null && batch.Find(key) is not null) key = $"{key} #{id}";
        if (batch.Find(key) is not null) throw fields.Wrong($"There are two tasks '{id}'.");
        var task = batch.Add(key);
        task.Input = TaskInput.OfText(sourceId ?? key);
        task.SourceType = fields.Text("sourcetype");
        task.TargetId = fields.Text("targetid", "target");
        task.Status = Status(fields);
        task.CreatedAt = fields.Time("createdat", "created");
        task.UpdatedAt = fields.Time("updatedat", "updated", "lastupdated");
        task.StartedAt = fields.Time("startedat", "started");
        task.EndedAt = fields.Time("completedat", "completed", "endedat", "finishedat");
        task.Error = Error(fields);
        task.Quota = fields.Number("quotaconsumed", "quotaused", "quota", "quotacost") ?? 0;
        task.QuotaProject = fields.Text("projectused", "quotaproject", "projectid", "project");
        var retries = fields.Whole("retrycount", "retries", "attempts") ?? 0;
        if (fields.Whole("maxretries", "retrylimit") is { } limit and >= 0) batch.MaxRetries = Math.Max(batch.MaxRetries ?? 0, limit);
        var command = fields.Text("command");
        batch.OwnName ??= command;
        var ended = task.Status is JournalTaskStatus.Completed or JournalTaskStatus.Failed;
        task.Tries = Math.Max(retries, 0) + (ended ? 1 : 0);
        if (ended && (task.EndedAt ?? task.UpdatedAt) is { } end)
        {
            // The journal only knew its last attempt.
            task.AddAttempt(
                task.StartedAt ?? end, end, task.Status is JournalTaskStatus.Failed ? JournalAttemptOutcome.Failed : JournalAttemptOutcome.Completed,
                task.Status is JournalTaskStatus.Failed ? task.Error : default);
        }

        List<KeyValuePair<string, Node>> more = [];
        if (id is not null && id != key) more.Add(new("taskId", Node.Of(id)));
        if (command is not null && command != batch.OwnName) more.Add(new("command", Node.Of(command)));
        task.Metadata = fields.Metadata([.. more]);
    }

    private static JournalTaskStatus Status(Fields fields)
    {
        if (fields.Map.Members.LastOrDefault(static member => FieldNames.Fold(member.Key) is "status").Value is { Kind: NodeKind.Number } && fields.Whole("status") is { } number)
        {
            return number >= 0 && number < StatusNumbers.Length ? StatusNumbers[number] : throw fields.Wrong($"{number} is no status that is known.");
        }

        return fields.Status("status", "state") ?? JournalTaskStatus.Pending;
    }

    private static SourceError Error(Fields fields)
    {
        var error = SourceError.Of(fields);
        return int.TryParse(error.CategoryName, out var number) && number >= 0 && number < CategoryNumbers.Length
            ? error with { CategoryName = CategoryNumbers[number].ToString() }
            : error;
    }

    private SourceBatch Begin(string? id)
    {
        if (_batches.TryGetValue(id ?? "", out var known)) return known;
        var batch = new SourceBatch(file, ImportFormat.BatchJournal) { SourceId = id };
        if (options.Name is { } name) batch.Name = name;
        return _batches[id ?? ""] = batch;
    }

    private Fields Fields(Node node) => new(node, file, options.NaiveTimes);

    // A list of objects, or an object of them by their ids.
    private IEnumerable<(string? Id, Node Node)> Entries(Node? node) => node?.Kind switch
    {
        null => [],
        NodeKind.List => node.Items.Select(static item => ((string?)null, item)),
        NodeKind.Map => node.Members.Select(static member => ((string?)member.Key, member.Value)),
        _ => throw file.Wrong(node.Line, "A list was expected."),
    };
}
