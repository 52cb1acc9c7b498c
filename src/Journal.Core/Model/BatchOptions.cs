using System.Text.Json;
using System.Text.Json.Serialization;

namespace Journal;

/// <summary>What to do with a task whose worker died in the middle of it.</summary>
public enum CrashAction : long
{
    /// <summary>Try it again, until <see cref="BatchOptions.CrashLimit"/>.</summary>
    Retry = 0,

    /// <summary>Fail it at the first crash.</summary>
    Fail = 1,
}

/// <summary>The policy a batch runs under. Stored with the batch as JSON.</summary>
public sealed record BatchOptions
{
    /// <summary>What a batch has when nothing was said.</summary>
    public static BatchOptions Default { get; } = new();

    /// <summary>What a batch has that a cmdlet makes: 25 tasks that fail in a row have one cause, and it is not in them.</summary>
    public static BatchOptions OfCommands { get; } = new() { FailureThreshold = 25 };

    /// <summary>Retries after the first try, for the categories that are retried.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Retries by stage, where a stage has its own number; stage names in any case.</summary>
    public IReadOnlyDictionary<string, int>? StageRetries { get; init; }

    /// <summary>The wait before the first retry; each later one waits twice as long, up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between retries.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a claim lasts unless it is renewed.</summary>
    public TimeSpan LeaseTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest an attempt may run; null means no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What to do with a task that was in flight when its worker died.</summary>
    public CrashAction OnCrash { get; init; } = CrashAction.Retry;

    /// <summary>After this many crashes a task is failed as Abandoned: it may be the killer.</summary>
    public int CrashLimit { get; init; } = 3;

    /// <summary>Different tasks that fail in a row, whatever their errors, and pause the batch (with one signature, half as many); 0 turns the breaker off.</summary>
    public int FailureThreshold { get; init; }

    /// <summary>Whether runs of its name leave out what earlier batches completed: then <c>Remove-StaleJournalBatch</c> keeps what they need to know.</summary>
    public bool Incremental { get; init; }

    /// <summary>Quota units the batch may use; null means no limit.</summary>
    public double? QuotaLimit { get; init; }

    /// <summary>Quota units that each project may use, where the quota is by project; else null. Names in any case.</summary>
    public IReadOnlyDictionary<string, double>? QuotaLimits { get; init; }

    /// <summary>Whether there is a quota, of the batch or by project.</summary>
    [JsonIgnore]
    public bool HasQuota => QuotaLimit is not null || QuotaLimits is not null;

    /// <summary>When <see cref="QuotaLimit"/>, or each of <see cref="QuotaLimits"/>, is renewed; null where it is the budget of the whole batch.</summary>
    public QuotaReset? QuotaReset { get; init; }

    /// <summary>How many tasks may start in a span of time, by all workers together; null means no limit. With <see cref="LimitBy"/>: of each key.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>How many tasks may be in progress, of all workers together; null means no limit. With <see cref="LimitBy"/>: of each key.</summary>
    public int? ConcurrencyLimit { get; init; }

    /// <summary>How the key of a task's limits is found: a property's name, or a script block's text, for comparison only. Null: the limits are the batch's.</summary>
    public string? LimitBy { get; init; }

    /// <summary>Whether starts of tasks are limited.</summary>
    [JsonIgnore]
    public bool IsPaced => RateLimit is not null || ConcurrencyLimit is not null;

    /// <summary>Whether who may start is decided by one claim after the other.</summary>
    [JsonIgnore]
    public bool NeedsPaceLock => IsPaced || LimitBy is not null;

    /// <summary>Whether what the tasks emit stays with the batch, so that every run of the line writes all of it.</summary>
    public bool KeepResult { get; init; }

    /// <summary>The longest result of a task that is recorded, in bytes of its JSON.</summary>
    public long MaxResultSize { get; init; } = 1024 * 1024;

    /// <summary>How many bytes are kept of what an attempt writes beside its output, see <see cref="JournalAttempt.Log"/>; 0 keeps nothing.</summary>
    public int LogSize { get; init; } = 16 * 1024;

    /// <summary>The only directory under which the batch's registered temporary files may be deleted; a full path, or null for none.</summary>
    public string? WorkDirectory { get; init; }

    /// <summary>The retries that a stage has.</summary>
    /// <param name="stage">A stage's name, or null where the batch has none.</param>
    public int RetriesFor(string? stage)
    {
        if (stage is null || StageRetries is null) return MaxRetries;
        foreach (var (name, retries) in StageRetries)
        {
            if (string.Equals(name, stage, StringComparison.OrdinalIgnoreCase)) return retries;
        }

        return MaxRetries;
    }

    /// <summary>The JSON that a store keeps.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, CoreJson.Default.BatchOptions);

    /// <summary>The same JSON, so that <c>Export-Csv</c> writes something that can be read back.</summary>
    public override string ToString() => ToJson();

    /// <summary>The options in a stored JSON text; null or empty text gives the default, and so does a member that is not there.</summary>
    /// <exception cref="JsonException">The text was not written by <see cref="ToJson"/>.</exception>
    public static BatchOptions Parse(string? json)
    {
        if (string.IsNullOrEmpty(json)) return Default;
        // Generated deserialisation gives an init-only member that is not there its type's default, not the one that stands above.
        var complete = JsonMap.Parse(Default.ToJson()).With(JsonMap.Parse(json));
        return JsonSerializer.Deserialize(complete.Json, CoreJson.Default.BatchOptions) ?? Default;
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BatchOptions))]
internal sealed partial class CoreJson : JsonSerializerContext;
