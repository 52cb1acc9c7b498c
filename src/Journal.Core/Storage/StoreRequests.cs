using Journal.Lifecycle;
using Journal.Workers;

namespace Journal.Storage;

/// <summary>A batch to create.</summary>
/// <param name="Name">Checked with <see cref="BatchNaming.ValidateName"/>.</param>
public sealed record NewBatch(string Name)
{
    /// <summary>Where the inputs come from.</summary>
    public string? InputSource { get; init; }

    /// <summary>What the inputs are.</summary>
    public string? SourceType { get; init; }

    /// <summary>How keys are found; see <see cref="JournalBatch.KeyExpression"/>.</summary>
    public string? KeyExpression { get; init; }

    /// <summary>Stage names in order.</summary>
    public JsonList Stages { get; init; } = JsonList.Empty;

    /// <summary>The user's settings.</summary>
    public JsonMap Settings { get; init; } = JsonMap.Empty;

    /// <summary>The user's data.</summary>
    public JsonMap Metadata { get; init; } = JsonMap.Empty;

    /// <summary>The policy.</summary>
    public BatchOptions Options { get; init; } = BatchOptions.Default;

    /// <summary>When the batch was created, where it comes from another journal; null for now.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>What to set on a batch; null members stay.</summary>
public sealed record BatchAmendment
{
    /// <summary>The policy.</summary>
    public BatchOptions? Options { get; init; }

    /// <summary>The user's settings, replaced as a whole.</summary>
    public JsonMap? Settings { get; init; }

    /// <summary>Laid over the user's data.</summary>
    public JsonMap? Metadata { get; init; }

    /// <summary>Where the inputs come from.</summary>
    public string? InputSource { get; init; }

    /// <summary>What the inputs are.</summary>
    public string? SourceType { get; init; }

    /// <summary>How keys are found.</summary>
    public string? KeyExpression { get; init; }

    /// <summary>Why, for the audit trail.</summary>
    public string? Reason { get; init; }
}

/// <summary>A task to add.</summary>
/// <param name="Key">Checked with <see cref="BatchNaming.ValidateKey"/>.</param>
/// <param name="Input">What the work gets.</param>
public sealed record NewTask(string Key, TaskInput Input)
{
    /// <summary>What the input is, where it differs from its batch's.</summary>
    public string? SourceType { get; init; }

    /// <summary>Higher first.</summary>
    public int Priority { get; init; }

    /// <summary>How much work; 1 where nothing is known.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The key of its limits, see <see cref="BatchOptions.LimitBy"/>; empty is a key as any other. Null where its batch has none.</summary>
    public string? LimitKey { get; init; }

    /// <summary>What its start costs of the rate limit; 1 where nothing was said.</summary>
    public double Cost { get; init; } = 1;

    /// <summary>Not to be claimed earlier; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The user's data.</summary>
    public JsonMap Metadata { get; init; } = JsonMap.Empty;
}

/// <summary>What became of tasks that were to be added.</summary>
/// <param name="Added">New in the batch.</param>
/// <param name="AlreadyThere">The batch had the key before this call.</param>
/// <param name="Duplicates">The key came more than once within this call.</param>
public readonly record struct AddResult(long Added, long AlreadyThere, long Duplicates)
{
    /// <summary>Of those that were there: tasks that took the input that was given, because it is another one.</summary>
    public long Mended { get; init; }

    /// <summary>Of those that were there: tasks that had been canceled and are taken up again, see <see cref="Enqueuing"/>.</summary>
    public long TakenUp { get; init; }

    /// <summary>Of those that were there: tasks that have ended or are in progress, and were given another input. They stay as they are.</summary>
    public long Differing { get; init; }

    /// <summary>Two results together.</summary>
    public static AddResult operator +(AddResult left, AddResult right) =>
        new(left.Added + right.Added, left.AlreadyThere + right.AlreadyThere, left.Duplicates + right.Duplicates)
        {
            Mended = left.Mended + right.Mended,
            TakenUp = left.TakenUp + right.TakenUp,
            Differing = left.Differing + right.Differing,
        };

    /// <summary>Two results together.</summary>
    public static AddResult Add(AddResult left, AddResult right) => left + right;
}

/// <summary>An event of the user's own.</summary>
public sealed record NewEvent
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int MaxNameLength = 100;

    /// <summary>The longest message, in UTF-16 units.</summary>
    public const int MaxMessageLength = 4096;

    /// <summary>The longest data, in UTF-16 units of JSON.</summary>
    public const int MaxDataLength = 64 * 1024;

    /// <summary>An event.</summary>
    /// <param name="name">What the user calls it.</param>
    /// <param name="message">What happened, in a sentence; null for none.</param>
    /// <param name="data">Any value that a journal keeps; null for none.</param>
    /// <exception cref="JournalException">InvalidValue (empty, too long), SecretRefused, ValueNotKept.</exception>
    public NewEvent(string name, string? message, object? data)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength) throw JournalErrors.InvalidValue("-Name", name, $"the name of an event has 1 to {MaxNameLength} characters.");
        if (message?.Length > MaxMessageLength) throw JournalErrors.InvalidValue("-Message", message.Length, $"it has {message.Length} characters, and the message of an event at most {MaxMessageLength}.");
        (Name, Message) = (name, message);
        if (data is null) return;
        Data = KeptValues.Encode(data, "-Data");
        if (Data.Length > MaxDataLength) throw JournalErrors.InvalidValue("-Data", Data.Length, $"it has {Data.Length} characters as JSON, and the data of an event at most {MaxDataLength}. Keep a path to it instead.");
    }

    /// <summary>What the user calls it.</summary>
    public string Name { get; }

    /// <summary>What happened.</summary>
    public string? Message { get; }

    /// <summary>What belongs to it, as JSON.</summary>
    public string? Data { get; }
}

/// <summary>A worker's turn at a batch: what it has done since the last one, and what it wants next.</summary>
/// <param name="Worker">Who.</param>
/// <param name="BatchId">Which batch.</param>
/// <param name="Lease">How long the claims last.</param>
public sealed record ExchangeRequest(WorkerIdentity Worker, string BatchId, TimeSpan Lease)
{
    /// <summary>Moves to apply first. Those with a token are the worker's own: of a task that another worker holds, under whatever token, they are LeaseLost.</summary>
    public IReadOnlyList<TaskMove> Moves { get; init; } = [];

    /// <summary>How many tasks to claim at most.</summary>
    public int Claim { get; init; }

    /// <summary>How many tasks one call of the work takes at most: so many suspects may be claimed together, see <see cref="Lifecycle.ClaimRules"/>.</summary>
    public int Chunk { get; init; } = 1;

    /// <summary>Claim only tasks that wait for this stage; null for any.</summary>
    public string? Stage { get; init; }

    /// <summary>Claim only these tasks, in this order; null for any.</summary>
    public IReadOnlyList<long>? Only { get; init; }
}

/// <summary>What became of a move.</summary>
public enum MoveOutcome
{
    /// <summary>It was made.</summary>
    Applied,

    /// <summary>The token no longer holds, or is another worker's; nothing changed.</summary>
    LeaseLost,

    /// <summary>The task was in a state the move does not start from; nothing changed.</summary>
    Illegal,

    /// <summary>There is no such task.</summary>
    NotFound,

    /// <summary>Another task of the batch has the target id, and the move is one that minds (<see cref="TaskMove.RefusesSharedTarget"/>); nothing changed.</summary>
    TargetTaken,
}

/// <summary>What became of one move.</summary>
/// <param name="Outcome">Whether it was made.</param>
/// <param name="From">The state the task was in; null when there is no such task.</param>
/// <param name="Token">The new token, where the worker goes on with the task's next stage.</param>
/// <param name="Shared">The target id that the move records, or was to record, where another task of the batch has it; else null.</param>
public readonly record struct MoveResult(MoveOutcome Outcome, JournalTaskStatus? From, long? Token = null, SharedTarget? Shared = null)
{
    /// <summary>Raises the error that fits, unless the move was made.</summary>
    /// <exception cref="JournalException">LeaseLost, IllegalMove, TaskNotFound, TargetTaken.</exception>
    public void ThrowUnlessApplied(TaskMove move)
    {
        switch (Outcome)
        {
            case MoveOutcome.Applied: return;
            case MoveOutcome.LeaseLost: throw JournalErrors.LeaseLost(move.TaskId, move.Token);
            case MoveOutcome.Illegal: throw JournalErrors.IllegalMove(move.TaskId, From!.Value, move.Rule.To, move.Kind.ToString());
            case MoveOutcome.TargetTaken: throw JournalErrors.TargetTaken(Shared!.TargetId, Shared.Key, Shared.Other);
            default: throw JournalErrors.TaskNotFound(move.TaskId);
        }
    }
}

/// <summary>What an exchange brought.</summary>
/// <param name="Moves">What became of each move, in the order of the request.</param>
/// <param name="Claimed">The tasks the worker now holds in addition, in the order they should run.</param>
/// <param name="Batch">Where the batch stands after it.</param>
/// <param name="Options">The policy that the batch has now: somebody may have changed it.</param>
public sealed record ExchangeResult(IReadOnlyList<MoveResult> Moves, IReadOnlyList<JournalTask> Claimed, BatchState Batch, BatchOptions Options);

/// <summary>Where a batch stands, as a runner needs it.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Counts">Its tasks.</param>
/// <param name="PauseReason">Why it is paused.</param>
/// <param name="PausedUntil">When the pause ends.</param>
/// <param name="IsHeld">Whether an operator paused it until it is resumed.</param>
/// <param name="QuotaConsumed">Units used.</param>
/// <param name="NextDue">The earliest NotBefore of the tasks that wait; filled when fewer tasks were handed out than asked for, else null.</param>
public readonly record struct BatchState(
    JournalBatchStatus Status, TaskCounts Counts, string? PauseReason, DateTimeOffset? PausedUntil, double QuotaConsumed, DateTimeOffset? NextDue, bool IsHeld = false)
{
    /// <summary>No task starts before, because the other side asked for that; null where nobody did.</summary>
    public DateTimeOffset? HeldBackUntil { get; init; }

    /// <summary>Why.</summary>
    public string? HoldReason { get; init; }

    /// <summary>Quota units that were used before the present period of the quota.</summary>
    public double QuotaBefore { get; init; }

    /// <summary>When the present period of the quota began; null where none did.</summary>
    public DateTimeOffset? QuotaSince { get; init; }

    /// <summary>How often quota units were used.</summary>
    public long QuotaCharges { get; init; }

    /// <summary>What each project has used in the present period; null for nothing.</summary>
    public QuotaUse? QuotaUse { get; init; }

    /// <summary>Where a batch stands, but for <see cref="NextDue"/>.</summary>
    public static BatchState Of(JournalBatch batch) => new(batch.Status, batch.Counts, batch.PauseReason, batch.PausedUntil, batch.QuotaConsumed, null, batch.IsHeld)
    {
        HeldBackUntil = batch.HeldBackUntil,
        HoldReason = batch.HoldReason,
        QuotaBefore = batch.QuotaBefore,
        QuotaSince = batch.QuotaSince,
        QuotaCharges = batch.QuotaCharges,
        QuotaUse = batch.QuotaUse,
    };
}

/// <summary>What to set on a task; null members stay.</summary>
public sealed record TaskAmendment
{
    /// <summary>The lease that must hold; null for an operator.</summary>
    public long? Token { get; init; }

    /// <summary>Extends the lease by this much from now.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>The stage a task that is not in progress shall wait for.</summary>
    public string? Stage { get; init; }

    /// <summary>Higher first.</summary>
    public int? Priority { get; init; }

    /// <summary>How much work.</summary>
    public double? Weight { get; init; }

    /// <summary>When a task that waits may be claimed; a time that is past is now. Lets go a task that is held.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>True: the task, which waits, is not claimed until somebody lets it go. False: it is let go.</summary>
    public bool? IsHeld { get; init; }

    /// <summary>Laid over the user's data.</summary>
    public JsonMap? Metadata { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Progress { get; init; }

    /// <summary>What the attempt does.</summary>
    public string? ProgressText { get; init; }

    /// <summary>Why, for the audit trail. Progress and leases alone leave no event.</summary>
    public string? Reason { get; init; }
}

/// <summary>A task in progress, as recovery judges it.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="Key">Its key.</param>
/// <param name="Token">Its lease.</param>
/// <param name="Worker">Who holds it; null when the journal does not know the worker any more.</param>
/// <param name="LeaseExpired">Whether the lease has run out by the store's clock.</param>
/// <param name="Crashes">How often its worker died before.</param>
/// <param name="Options">Its batch's policy.</param>
/// <param name="ClaimedAt">When the lease began, by the journal's clock.</param>
public sealed record InFlightTask(
    long TaskId, string BatchId, string Key, long Token, WorkerIdentity? Worker, bool LeaseExpired, int Crashes, BatchOptions Options, DateTimeOffset ClaimedAt);
