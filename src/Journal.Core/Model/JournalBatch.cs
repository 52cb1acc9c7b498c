using System.Globalization;

namespace Journal;

/// <summary>One named run over a list of inputs. A snapshot: it does not follow the journal.</summary>
public sealed record JournalBatch
{
    /// <summary><c>name-yyyyMMdd-HHmmss</c> (UTC), with a numeric suffix where that was taken; unique in the journal.</summary>
    public required string Id { get; init; }

    /// <summary>The name that runs of the same work share.</summary>
    public required string Name { get; init; }

    /// <summary>Where the batch stands.</summary>
    public JournalBatchStatus Status { get; init; }

    /// <summary>How many of its tasks are in each status.</summary>
    public TaskCounts Counts { get; init; }

    /// <summary>All tasks.</summary>
    public long Total => Counts.Total;

    /// <summary>Tasks that wait.</summary>
    public long Pending => Counts.Pending;

    /// <summary>Tasks that a worker holds.</summary>
    public long InProgress => Counts.InProgress;

    /// <summary>Tasks that are done.</summary>
    public long Completed => Counts.Completed;

    /// <summary>Tasks that were given up.</summary>
    public long Failed => Counts.Failed;

    /// <summary>Tasks that needed no work.</summary>
    public long Skipped => Counts.Skipped;

    /// <summary>Tasks that were withdrawn.</summary>
    public long Canceled => Counts.Canceled;

    /// <summary>How much has ended, 0 to 100, rounded down to a tenth, so that 100 means all.</summary>
    public double Percent => Counts.Percent;

    /// <summary>How many of its tasks have ended, of how many: <c>45/100</c>.</summary>
    public string Progress => string.Create(CultureInfo.InvariantCulture, $"{Counts.Ended}/{Total}");

    /// <summary>Why it is paused; null when it is not.</summary>
    public string? PauseReason { get; init; }

    /// <summary>How a pause's reason begins where the batch's own budget (<see cref="QuotaLimit"/>) does not last for another task.</summary>
    public const string QuotaReason = "Quota: ";

    /// <summary>The reason of a pause that a stop made: the same line goes on.</summary>
    public const string InterruptedReason = "Interrupted";

    internal const string QuotaExhausted = "Quota exhausted";

    /// <summary>When the pause ends by itself; null when it does not.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>Whether an operator paused it until it is resumed: no run goes on with it before.</summary>
    public bool IsHeld { get; init; }

    /// <summary>No task of it starts before, because the other side asked for that (a Retry-After); null where nobody did. It may be past.</summary>
    public DateTimeOffset? HeldBackUntil { get; init; }

    /// <summary>Why it is held back.</summary>
    public string? HoldReason { get; init; }

    /// <summary>Whether somebody works on it, or a task waits for its retry; null where it is not Running, or where nobody looked.</summary>
    public bool? HasWorker { get; init; }

    /// <summary>Where it stands, in words: <c>Running (no worker)</c> where nobody works on it.</summary>
    public string StatusText => Status is JournalBatchStatus.Running && HasWorker == false ? "Running (no worker)" : Status.ToString();

    /// <summary>Where the inputs came from: the full path of an input file, or <c>pipeline</c>.</summary>
    public string? InputSource { get; init; }

    /// <summary>What the inputs are (FileInfo, String, or what the user calls them).</summary>
    public string? SourceType { get; init; }

    /// <summary>How each input's key is found: a property's name, or a script block's text; for comparison only, never run.</summary>
    public string? KeyExpression { get; init; }

    /// <summary>The stages every task goes through, in order; empty where the work has none.</summary>
    public JsonList Stages { get; init; } = JsonList.Empty;

    /// <summary>The user's settings of this work; a resume with other settings is refused.</summary>
    public JsonMap Settings { get; init; } = JsonMap.Empty;

    /// <summary>The user's own data about the batch.</summary>
    public JsonMap Metadata { get; init; } = JsonMap.Empty;

    /// <summary>The policy it runs under.</summary>
    public BatchOptions Options { get; init; } = BatchOptions.Default;

    /// <summary>Quota units used so far.</summary>
    public double QuotaConsumed { get; init; }

    /// <summary>Quota units it may use, of all projects together where the quota is by project; null means no limit.</summary>
    public double? QuotaLimit => Options.QuotaLimit ?? Options.QuotaLimits?.Values.Sum();

    /// <summary>Quota units that were used before the present period of the quota.</summary>
    public double QuotaBefore { get; init; }

    /// <summary>When the present period of the quota began; null where it has none, or no task has begun.</summary>
    public DateTimeOffset? QuotaSince { get; init; }

    /// <summary>What each project has used in the present period, where the quota is by project, and which the other side has closed.</summary>
    public QuotaUse QuotaUse { get; init; } = QuotaUse.None;

    /// <summary>Quota units that each project may still use in the present period; 0 for one that the other side has closed. Empty where the quota is not by project.</summary>
    public JsonMap QuotaLeftByProject => Options.QuotaLimits is not { } limits ? JsonMap.Empty
        : JsonMap.From(limits.Select(project => new KeyValuePair<string, object?>(project.Key, QuotaUse.Left(project.Key, project.Value, DateTimeOffset.MinValue))));

    /// <summary>Quota units that it may still use in the present period, not below 0; null where it has no limit.</summary>
    internal double? QuotaLeft => Options.QuotaLimits is { } limits ? limits.Sum(project => QuotaUse.Left(project.Key, project.Value, DateTimeOffset.MinValue))
        : Options.QuotaLimit is { } limit ? Math.Max(0, limit - (QuotaConsumed - QuotaBefore)) : null;

    /// <summary>How many moves of tasks charged quota units; 0 in what an older version wrote.</summary>
    internal long QuotaCharges { get; init; }

    /// <summary>When the quota is renewed next; null where it is not. It may be past: the next claim renews it.</summary>
    public DateTimeOffset? QuotaResetsAt => Options.QuotaReset is { } reset && QuotaSince is { } since ? reset.Next(since) : null;

    /// <summary>Whether its budget (of the present period) does not last for another task, as far as those that have ended tell: a run pauses at once.</summary>
    public bool IsQuotaUsedUp => Options.QuotaLimits is { } limits ? QuotaUse.Room(limits, QuotaPerTask, DateTimeOffset.MinValue) < 1
        : Options.QuotaLimit is { } limit && QuotaConsumed - QuotaBefore + QuotaPerTask > limit;

    /// <summary>When the budget lasts for a task again that does not now; null where nobody knows.</summary>
    internal DateTimeOffset? QuotaOpensAt => Options.QuotaLimits is { } limits ? QuotaUse.OpensAt(limits, QuotaPerTask, QuotaResetsAt) : QuotaResetsAt;

    /// <summary>Whether it is paused because a quota is used up, its own or one of the other side.</summary>
    public bool IsPausedForQuota => Status is JournalBatchStatus.Paused && !IsHeld && PauseReason is { } reason
        && (reason.StartsWith(QuotaReason, StringComparison.Ordinal) || reason.StartsWith(QuotaExhausted, StringComparison.Ordinal));

    /// <summary>A project as the quota of the batch calls it.</summary>
    /// <exception cref="JournalException">UnknownQuotaProject: the quota is by project, and has none for this one.</exception>
    internal string RequireProject(string project) => Options.QuotaLimits is not { } limits ? project
        : ProjectLimits.NameOf(limits, project) ?? throw JournalErrors.UnknownQuotaProject(Id, project, limits.Keys);

    /// <summary>The same under other options.</summary>
    internal JournalBatch Under(BatchOptions options) =>
        this with { Options = options, QuotaUse = QuotaUse.Under(Options.QuotaLimits, options.QuotaLimits, static _ => 0) };

    /// <summary>For how many more tasks its budget lasts; null where nobody knows.</summary>
    internal double? QuotaRoom(DateTimeOffset now) => QuotaPerTask == 0 || QuotaResetsAt <= now ? null
        : Options.QuotaLimits is { } limits ? QuotaUse.Room(limits, QuotaPerTask, now)
        : Options.QuotaLimit is { } limit ? Math.Max(0, Math.Floor((limit - (QuotaConsumed - QuotaBefore)) / QuotaPerTask)) : null;

    private double QuotaPerTask => PerTask(QuotaConsumed, QuotaCharges, Counts);

    /// <summary>What a task that uses quota has needed on the average; 0 where none has.</summary>
    /// <param name="consumed">What all have used.</param>
    /// <param name="charges">How often something was used; 0 where nobody counted: then a task that has ended has used some.</param>
    /// <param name="counts">The tasks.</param>
    internal static double PerTask(double consumed, long charges, TaskCounts counts) =>
        charges > 0 ? consumed / charges : counts.Ended > 0 ? consumed / counts.Ended : counts.Total > 0 ? consumed / counts.Total : 0;

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first task was claimed.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was last resumed.</summary>
    public DateTimeOffset? LastResumedAt { get; init; }

    /// <summary>When it reached Completed, Failed or Canceled.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The journal it lives in.</summary>
    public string JournalPath { get; init; } = "";

    /// <summary>Ready, Running or Paused.</summary>
    public bool IsIncomplete => !Status.HasEnded();

    /// <summary>Incomplete or Failed: running its line again does something.</summary>
    public bool IsResumable => IsIncomplete || Status is JournalBatchStatus.Failed;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
