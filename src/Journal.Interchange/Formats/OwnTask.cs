using System.Text.Json;
using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Interchange.Formats;

/// <summary>A task with its history as a node of this module's own formats, and back.</summary>
internal static class OwnTask
{
    public static Node Write(FullTask whole)
    {
        var task = whole.Task;
        return new NodeBuilder()
            .Add("key", task.Key).Add("status", task.Status.ToString()).Add("stage", task.Stage)
            .Add("inputKind", task.StoredInput.Kind is TaskInputKind.Text ? null : task.StoredInput.Kind.ToString()).Add("input", task.StoredInput.Text == task.Key ? null : task.StoredInput.Text)
            .Add("sourceType", task.SourceType).Add("priority", task.Priority, 0).Add("weight", task.Weight, 1)
            .Add("attempts", task.Attempts, 0).Add("crashes", task.Crashes, 0)
            .Add("errorCategory", task.ErrorCategory is JournalErrorCategory.None ? null : task.ErrorCategory.ToString())
            .Add("errorMessage", task.ErrorMessage).Add("signature", task.Signature).Add("targetId", task.TargetId).AddTexts("outputs", task.Outputs)
            .Add("quotaConsumed", task.QuotaConsumed, 0d).Add("quotaProject", task.QuotaProject).Add("worker", task.Worker)
            .Add("createdAt", task.CreatedAt).Add("updatedAt", task.UpdatedAt).Add("startedAt", task.StartedAt).Add("endedAt", task.EndedAt)
            .Add("limitKey", task.LimitKey).Add("cost", task.Cost, 1).Add("postponed", task.Postponed, 0).Add("isHeld", task.IsHeld ? 1 : 0, 0)
            .Add("notBefore", task.NotBefore).Add("duration", task.Duration).AddJson("metadata", task.Metadata)
            .AddList("results", whole.Results.Select(Write))
            .AddList("attemptHistory", whole.Attempts.Select(OwnHistory.Write)).AddList("events", whole.Events.Select(OwnHistory.Write))
            .ToNode();
    }

    /// <param name="fields">The task.</param>
    /// <param name="batchId">Its batch.</param>
    public static FullTask Read(Fields fields, string batchId)
    {
        var key = Verbatim(fields, "key") ?? throw fields.Wrong("A task has no key.");
        try
        {
            BatchNaming.ValidateKey(key);
        }
        catch (JournalException e)
        {
            throw fields.Wrong(e.Message);
        }

        var kind = fields.Enum<TaskInputKind>("inputkind") ?? TaskInputKind.Text;
        var input = Verbatim(fields, "input") ?? key;
        var createdAt = fields.Time("createdat") ?? throw fields.Wrong("A task does not tell when it was added.");
        var task = new JournalTask
        {
            BatchId = batchId,
            Key = key,
            Status = fields.Enum<JournalTaskStatus>("status") ?? throw fields.Wrong("A task does not tell its status."),
            Stage = fields.Text("stage"),
            // A table of Export-Csv has the input twice: as a text for people, and as it is stored.
            StoredInput = Verbatim(fields, "storedinput") is { } stored ? TaskInput.OfJson(ValidJson(fields, stored)) : new TaskInput(kind, kind is TaskInputKind.Json ? ValidJson(fields, input) : input),
            SourceType = Verbatim(fields, "sourcetype"),
            Priority = fields.Whole("priority") ?? 0,
            Weight = fields.Number("weight") ?? 1,
            Attempts = fields.Whole("attempts") ?? 0,
            Crashes = fields.Whole("crashes") ?? 0,
            ErrorCategory = fields.Enum<JournalErrorCategory>("errorcategory") ?? JournalErrorCategory.None,
            ErrorMessage = Verbatim(fields, "errormessage"),
            Signature = Verbatim(fields, "signature"),
            TargetId = Verbatim(fields, "targetid"),
            Outputs = JsonList.From(fields.Items("outputs").Select(fields.AsText)),
            QuotaConsumed = fields.Number("quotaconsumed") ?? 0,
            QuotaProject = Verbatim(fields, "quotaproject"),
            Worker = Verbatim(fields, "worker"),
            CreatedAt = createdAt,
            UpdatedAt = fields.Time("updatedat") ?? createdAt,
            StartedAt = fields.Time("startedat"),
            EndedAt = fields.Time("endedat"),
            LimitKey = Verbatim(fields, "limitkey"),
            Cost = fields.Number("cost") ?? 1,
            Postponed = fields.Whole("postponed") ?? 0,
            IsHeld = fields.Flag("isheld") ?? false,
            NotBefore = fields.Time("notbefore"),
            Duration = fields.Duration("duration"),
        };
        return new FullTask(task)
        {
            Attempts = [.. fields.Items("attempthistory").Select(node => OwnHistory.ReadAttempt(fields.In(node), batchId, key))],
            Events = [.. fields.Items("events").Select(node => OwnHistory.ReadEvent(fields.In(node), batchId))],
            Results = [.. fields.Items("results").Select(node => Result(fields.In(node)))],
        } with { Task = task with { Metadata = fields.Metadata() } };
    }

    /// <summary>A text as it is, the empty one too; null where there is none.</summary>
    public static string? Verbatim(Fields fields, string name)
    {
        var text = fields.Text(name);
        return text ?? (fields.Map.Members.LastOrDefault(member => FieldNames.Fold(member.Key) == name).Value is { Kind: NodeKind.Text } node ? node.Text : null);
    }

    /// <summary>A text that is JSON.</summary>
    public static string ValidJson(Fields fields, string json)
    {
        try
        {
            _ = JsonValues.Parse(json);
            return json;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw fields.Wrong("A value is no JSON: " + e.Message);
        }
    }

    private static Node Write(FullResult result) => new NodeBuilder()
        .Add("stage", result.Stage).Add("json", result.Json).Add("items", result.Items, 0).Add("written", result.Written, 0).Add("at", result.At)
        .Add("awaits", result.Awaits ? 1 : 0, 0).Add("writer", result.Writer).ToNode();

    private static FullResult Result(Fields fields) => new(
        fields.Text("stage"), ValidJson(fields, fields.Require("value of a result", "json")), fields.Whole("items") ?? 0, fields.Whole("written") ?? 0,
        fields.Time("at"), fields.Whole("awaits") == 1, Verbatim(fields, "writer"));
}
