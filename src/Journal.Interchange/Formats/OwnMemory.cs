using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Interchange.Formats;

/// <summary>What a journal remembers of batches that were removed, as nodes of this module's own formats, and back: by it an incremental run leaves out what they completed.</summary>
internal static class OwnMemory
{
    /// <summary>The member that holds it; files of releases before have none.</summary>
    public const string Member = "remembered";

    public static Node Write(JournalCheckpoint checkpoint) => new NodeBuilder()
        .Add("batchId", checkpoint.Name[EarlierRuns.MemoryOf("").Length..]).Add("json", checkpoint.Json).Add("updatedAt", checkpoint.UpdatedAt).ToNode();

    public static IReadOnlyList<JournalCheckpoint> Read(Fields top) => [.. top.Items(Member).Select(node => ReadOne(top.In(node)))];

    private static JournalCheckpoint ReadOne(Fields fields)
    {
        var batchId = fields.Require("batch of what is remembered", "batchid");
        var json = OwnTask.ValidJson(fields, OwnTask.Verbatim(fields, "json") ?? throw fields.Wrong("There is no value of what is remembered."));
        if (JsonValues.ParseStored(json) is not Dictionary<string, object?> map || map.GetValueOrDefault("batch") as string != batchId
            || map.GetValueOrDefault("name") is not string { Length: > 0 } || map.GetValueOrDefault("tasks") is not string tasks
            || JsonValues.ParseStored(OwnTask.ValidJson(fields, tasks)) is not Dictionary<string, object?>)
        {
            throw fields.Wrong($"What is remembered of batch '{batchId}' does not tell its name and its tasks.");
        }

        return new JournalCheckpoint(EarlierRuns.MemoryOf(batchId), null, json, fields.Time("updatedat") ?? DateTimeOffset.UnixEpoch, "");
    }
}
