using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Foreign;

/// <summary>A JSON object from input paths to what became of them (a status, or an object with one), perhaps under a member of its own.</summary>
internal sealed class ProcessingState(SourceFile file, ImportOptions options)
{
    private static readonly string[] Containers = ["files", "processed", "items", "inputs", "entries", "results", "images", "photos", "state"];

    private static readonly string[] Waiting = ["unprocessed", "pending", "remaining", "notprocessed"];

    /// <summary>Whether an object is such a state.</summary>
    public static bool LooksLikeState(Fields root) => Entries(root.Map).Any() || IsBare(root.Map);

    /// <summary>The batch.</summary>
    public SourceBatch Read(Node root)
    {
        var batch = new SourceBatch(file, ImportFormat.ProcessingState);
        if (options.Name is { } name) batch.Name = name;
        var top = Fields(root);
        if (IsBare(root))
        {
            foreach (var (path, node) in root.Members) AddEntry(batch, path, node);
        }
        else
        {
            batch.CreatedAt = top.Time("createdat", "created", "startedat", "started", "starttime");
            batch.InputSource = top.Text("source", "sourcepath", "sourcedirectory", "inputdirectory", "inputfolder", "root");
            foreach (var container in Entries(root))
            {
                top.Drop(FieldNames.Fold(container.Key));
                foreach (var (path, node) in container.Value.Members) AddEntry(batch, path, node);
            }

            foreach (var (container, _) in root.Members.Where(static member => IsWaiting(member)))
            {
                foreach (var node in top.Items(FieldNames.Fold(container))) AddWaiting(batch, top.AsText(node));
            }

            top.Drop("total", "totalfiles");
            batch.Metadata = top.Metadata();
        }

        // An entry keeps its place while the state is written again and again; its times do not.
        batch.Identity = batch.Tasks.Count > 0 ? batch.Tasks[0].Key : "";
        return batch;
    }

    // files, processed_jsons, processed_files, …
    private static IEnumerable<KeyValuePair<string, Node>> Entries(Node root) => root.Members.Where(static member =>
        member.Value.Kind is NodeKind.Map && FieldNames.Fold(member.Key) is var name && (Containers.Contains(name) || name.StartsWith("processed", StringComparison.Ordinal)));

    // unprocessed_files, pending, … as a list
    private static bool IsWaiting(KeyValuePair<string, Node> member) =>
        member.Value.Kind is NodeKind.List && FieldNames.Fold(member.Key) is var name && (Waiting.Contains(name) || name.StartsWith("unprocessed", StringComparison.Ordinal));

    private void AddEntry(SourceBatch batch, string path, Node node)
    {
        if (path.Length == 0) throw file.Wrong(node.Line, "An entry has no path.");
        if (batch.Find(path) is not null) throw file.Wrong(node.Line, $"'{path}' stands there twice.");
        var task = batch.Add(path);
        task.Input = InputOf(path);
        if (node.Kind is NodeKind.Text)
        {
            task.Status = StatusNames.Find(node.Text) ?? throw file.Wrong(node.Line, $"'{node.Text}' is no status that is known.");
            task.Error = Told(task.Status, node.Text);
            return;
        }

        var fields = Fields(node);
        var told = fields.Text("status", "state", "result");
        var status = fields.Status("status", "state", "result");
        var flag = fields.Flag("success", "ok", "done");
        task.Error = SourceError.Of(fields);
        // There, a failed input counts as processed; here it failed.
        task.Status = task.Error.IsThere && status is null or JournalTaskStatus.Completed && flag is not true ? JournalTaskStatus.Failed
            : status ?? (flag is false ? JournalTaskStatus.Failed : JournalTaskStatus.Completed);
        if (!task.Error.IsThere && told is not null) task.Error = Told(task.Status, told);
        task.Outputs = [.. fields.Items("outputfile", "output", "outputpath", "outputs").Select(fields.AsText)];
        task.StartedAt = fields.Time("startedat", "started", "starttime");
        var time = fields.Time("time", "timestamp", "processedat", "completedat", "endedat", "updatedat", "date");
        var duration = fields.Duration("duration", "elapsed", "processingtime");
        task.UpdatedAt = time;
        if (time is { } end && task.Status is JournalTaskStatus.Completed or JournalTaskStatus.Failed)
        {
            task.AddAttempt(
                task.StartedAt ?? end - (duration ?? TimeSpan.Zero), end,
                task.Status is JournalTaskStatus.Failed ? JournalAttemptOutcome.Failed : JournalAttemptOutcome.Completed, task.Error);
        }

        task.Duration = duration ?? (task.StartedAt is null ? null : time - task.StartedAt);
        task.Metadata = fields.Metadata();
    }

    // A status that says why: not_found.
    private static SourceError Told(JournalTaskStatus status, string name) =>
        status is JournalTaskStatus.Failed && CategoryNames.Find(name) is { } category and not (JournalErrorCategory.None or JournalErrorCategory.Unknown)
            ? new SourceError(name, category.ToString(), null)
            : default;

    private static void AddWaiting(SourceBatch batch, string path)
    {
        if (path.Length > 0 && batch.Find(path) is null) batch.Add(path).Input = InputOf(path);
    }

    private static TaskInput InputOf(string path) => Path.IsPathFullyQualified(path) ? new TaskInput(TaskInputKind.File, path) : TaskInput.OfText(path);

    // Nothing but entries.
    private static bool IsBare(Node root) => root.Members.Count > 0 && root.Members.All(static member => member.Value switch
    {
        { Kind: NodeKind.Map } entry => entry.Members.Any(static field => FieldNames.Fold(field.Key) is "status" or "state" or "success" or "error" or "outputfile" or "output"),
        { Kind: NodeKind.Text } text => StatusNames.Find(text.Text) is not null,
        _ => false,
    });

    private Fields Fields(Node node) => new(node, file, options.NaiveTimes);
}
