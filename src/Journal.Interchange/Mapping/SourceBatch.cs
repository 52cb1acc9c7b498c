using System.Security.Cryptography;
using System.Text;
using Journal.Interchange.Sources;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Interchange.Mapping;

/// <summary>A batch of another system on its way to becoming one of the journal's.</summary>
internal sealed class SourceBatch(SourceFile file, ImportFormat format)
{
    /// <summary>The member of a batch's metadata that tells where it was imported from.</summary>
    public const string OriginMember = "importedFrom";

    private readonly Dictionary<string, SourceTask> _byKey = new(StringComparer.Ordinal);

    /// <summary>The source's own id of it; null where it has none.</summary>
    public string? SourceId { get; set; }

    /// <summary>What the source calls it; null where it has no name.</summary>
    public string? OwnName { get; set; }

    /// <summary>What to call it where the source has no name.</summary>
    public string Name { get; set; } = file.BaseName;

    public List<string> Stages { get; } = [];

    public List<SourceTask> Tasks { get; } = [];

    public string? InputSource { get; set; }

    public string? SourceType { get; set; }

    public JsonMap Metadata { get; set; } = JsonMap.Empty;

    /// <summary>The most retries that a task of it may have; null where nothing is said.</summary>
    public int? MaxRetries { get; set; }

    /// <summary>When the source says it was created; null where it does not say.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? LastResumedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public bool IsPaused { get; set; }

    public string? PauseReason { get; set; }

    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>Events about the batch as a whole, in their order.</summary>
    public List<JournalEvent> Events { get; } = [];

    /// <summary>Its checkpoints.</summary>
    public List<JournalCheckpoint> Checkpoints { get; } = [];

    /// <summary>What, besides the format, the id and the name, makes it this batch and no other. It must stay when the source grows.</summary>
    public string Identity { get; set; } = "";

    /// <summary>The task with a key, or null.</summary>
    public SourceTask? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Adds a task whose key must be new.</summary>
    public SourceTask Add(string key)
    {
        var task = new SourceTask(key);
        _byKey.Add(key, task);
        Tasks.Add(task);
        return task;
    }

    /// <summary>The name of a stage, which becomes one of the batch's at its first use; names in any case.</summary>
    public string Stage(string name)
    {
        if (Stages.FirstOrDefault(stage => string.Equals(stage, name, StringComparison.OrdinalIgnoreCase)) is { } known) return known;
        Stages.Add(name);
        return name;
    }

    /// <summary>The journal's batch.</summary>
    /// <param name="fallback">A time for what tells none.</param>
    public FullBatch ToFull(DateTimeOffset fallback)
    {
        var name = Clean(OwnName ?? Name);
        var createdAt = CreatedAt ?? Tasks.Min(static task => task.FirstAt) ?? fallback;
        var startedAt = StartedAt ?? Tasks.Min(static task => task.StartedAt ?? (task.Attempts.Count > 0 ? task.Attempts[0].StartedAt : null));
        var origin = Hash($"{format}\n{SourceId}\n{(SourceId is null ? name : "")}\n{Identity}");
        var batch = new JournalBatch
        {
            Id = SourceId is { } id ? Clean(id) : BatchNaming.CandidateIds(name, createdAt).First(),
            Name = name,
            Status = IsPaused ? JournalBatchStatus.Paused : JournalBatchStatus.Ready,
            PauseReason = PauseReason,
            PausedUntil = PausedUntil,
            InputSource = InputSource,
            SourceType = SourceType,
            Stages = JsonList.From(Stages),
            Metadata = Metadata.With(JsonMap.From([new(OriginMember, new Dictionary<string, object?> { ["format"] = format.ToString(), ["path"] = file.Path, ["origin"] = origin })])),
            Options = MaxRetries is { } retries ? BatchOptions.Default with { MaxRetries = retries } : BatchOptions.Default,
            CreatedAt = createdAt,
            StartedAt = startedAt,
            LastResumedAt = LastResumedAt,
            EndedAt = EndedAt,
        };
        return new FullBatch(batch, Tasks.ConvertAll(task => task.ToFull(createdAt))) { Source = file.Path, Events = Events, Checkpoints = Checkpoints };
    }

    /// <summary>A text as a name that the journal takes.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '*' or '?' or '[' or ']' or '`' || Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) clean.Append('-');
            else clean.Append(rune);
        }

        if (clean.Length > BatchNaming.MaxNameLength) clean.Length = char.IsHighSurrogate(clean[BatchNaming.MaxNameLength - 1]) ? BatchNaming.MaxNameLength - 1 : BatchNaming.MaxNameLength;
        return clean.ToString().Trim() is { Length: > 0 } name ? name : "imported";
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 8);
}
