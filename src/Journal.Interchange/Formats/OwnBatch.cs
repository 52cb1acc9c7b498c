using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Interchange.Formats;

/// <summary>A batch as a node of this module's own formats, and back.</summary>
internal static class OwnBatch
{
    /// <summary>The batch without its tasks.</summary>
    public static Node Write(FullBatch whole)
    {
        var batch = whole.Batch;
        return new NodeBuilder()
            .Add("id", batch.Id).Add("name", batch.Name).Add("status", batch.Status.ToString()).Add("createdAt", batch.CreatedAt)
            .Add("startedAt", batch.StartedAt).Add("lastResumedAt", batch.LastResumedAt).Add("endedAt", batch.EndedAt)
            .Add("pauseReason", batch.PauseReason).Add("pausedUntil", batch.PausedUntil).Add("isHeld", batch.IsHeld ? "true" : null)
            .Add("quotaBefore", batch.QuotaBefore, 0d).Add("quotaSince", batch.QuotaSince).Add("quotaUse", batch.QuotaUse.ToString() is { Length: > 0 } use ? use : null)
            .Add("inputSource", batch.InputSource).Add("sourceType", batch.SourceType).Add("keyExpression", batch.KeyExpression)
            .AddTexts("stages", batch.Stages).AddJson("settings", batch.Settings).AddJson("metadata", batch.Metadata)
            .AddJson("options", JsonMap.Parse(batch.Options.ToJson()))
            .AddList("events", whole.Events.Select(OwnHistory.Write))
            .AddList("checkpoints", whole.Checkpoints.Select(static checkpoint => new NodeBuilder()
                .Add("name", checkpoint.Name).Add("json", checkpoint.Json).Add("updatedAt", checkpoint.UpdatedAt).ToNode()))
            .ToNode();
    }

    /// <summary>The batch without its tasks.</summary>
    public static FullBatch Read(Fields fields, string source)
    {
        var id = fields.Require("id of a batch", "id", "batchid");
        var batch = new JournalBatch
        {
            Id = SourceBatch.Clean(id),
            Name = SourceBatch.Clean(fields.Require("name of a batch", "name")),
            Status = fields.Enum<JournalBatchStatus>("status") ?? JournalBatchStatus.Ready,
            CreatedAt = fields.Time("createdat") ?? throw fields.Wrong("The batch does not tell when it was created."),
            StartedAt = fields.Time("startedat"),
            LastResumedAt = fields.Time("lastresumedat"),
            EndedAt = fields.Time("endedat"),
            PauseReason = OwnTask.Verbatim(fields, "pausereason"),
            PausedUntil = fields.Time("pauseduntil"),
            IsHeld = OwnTask.Verbatim(fields, "isheld") == "true",
            QuotaBefore = fields.Number("quotabefore") ?? 0,
            QuotaSince = fields.Time("quotasince"),
            QuotaUse = Use(fields),
            InputSource = OwnTask.Verbatim(fields, "inputsource"),
            SourceType = OwnTask.Verbatim(fields, "sourcetype"),
            KeyExpression = OwnTask.Verbatim(fields, "keyexpression"),
            Stages = Stages(fields),
            Settings = Object(fields, "settings"),
            Options = Options(fields),
            Metadata = Object(fields, "metadata"),
        };
        return new FullBatch(batch, [])
        {
            Events = [.. fields.Items("events").Select(node => OwnHistory.ReadEvent(fields.In(node), batch.Id))],
            Checkpoints = [.. fields.Items("checkpoints").Select(node => Checkpoint(fields.In(node), batch.Id))],
            Source = source,
        };
    }

    private static QuotaUse Use(Fields fields)
    {
        try
        {
            return QuotaUse.Parse(OwnTask.Verbatim(fields, "quotause"));
        }
        catch (System.Text.Json.JsonException e)
        {
            throw fields.Wrong($"What the projects of the quota have used cannot be read: {e.Message}");
        }
    }

    private static JsonList Stages(Fields fields)
    {
        var stages = JsonList.From(fields.Items("stages").Select(fields.AsText));
        try
        {
            Lifecycle.StageNaming.Validate(stages);
            return stages;
        }
        catch (JournalException e)
        {
            throw fields.Wrong(e.Message);
        }
    }

    private static JsonMap Object(Fields fields, string name) => fields.Nested(name) is { } nested ? Fields.ToMap(nested.Map.Members) : JsonMap.Empty;

    private static BatchOptions Options(Fields fields)
    {
        try
        {
            return BatchOptions.Parse(Object(fields, "options").ToString());
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            throw fields.Wrong("The options of the batch cannot be read: " + e.Message);
        }
    }

    private static JournalCheckpoint Checkpoint(Fields fields, string batchId)
    {
        var name = fields.Require("name of a checkpoint", "name");
        var json = fields.Require("value of a checkpoint", "json");
        return new JournalCheckpoint(name, batchId, OwnTask.ValidJson(fields, json), fields.Time("updatedat") ?? DateTimeOffset.UnixEpoch, "");
    }
}
