namespace Journal.Lifecycle;

/// <summary>An error as the journal keeps it.</summary>
/// <param name="Category">What the retry policy goes by.</param>
/// <param name="Message">For people.</param>
/// <param name="Signature">The normalised message, see ErrorSignature in Journal.Policy.</param>
/// <param name="ErrorId">PowerShell's FullyQualifiedErrorId or a .NET exception's type name.</param>
/// <param name="ScriptStackTrace">Where in the user's script.</param>
public sealed record TaskError(JournalErrorCategory Category, string Message, string Signature, string? ErrorId = null, string? ScriptStackTrace = null);

/// <summary>What an attempt has to report about its task beyond how it ended. Members that are null change nothing.</summary>
public sealed record TaskReport
{
    /// <summary>A report that says nothing.</summary>
    public static TaskReport Nothing { get; } = new();

    /// <summary>What the work made, in the target system's terms.</summary>
    public string? TargetId { get; init; }

    /// <summary>Files the work made, as full paths; added to those known.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>Quota units used by this attempt; they add up, whatever the outcome.</summary>
    public double Quota { get; init; }

    /// <summary>The project to charge.</summary>
    public string? QuotaProject { get; init; }

    /// <summary>Where the attempt charged several projects: what each of them is charged; the rest of <see cref="Quota"/> is <see cref="QuotaProject"/>'s.</summary>
    public IReadOnlyDictionary<string, double>? QuotaByProject { get; init; }

    /// <summary>Laid over the task's metadata.</summary>
    public JsonMap? Metadata { get; init; }

    /// <summary>What the attempt wrote beside its output, see <see cref="JournalAttempt.Log"/>; recorded with the attempt that the move ends.</summary>
    public string? Log { get; init; }

    /// <summary>What the attempt emitted, as JSON; recorded only by Complete, Advance and Skip.</summary>
    public string? Result { get; init; }

    /// <summary>How many objects that is: the JSON of one is its own, that of several is a list of them.</summary>
    public int ResultItems { get; init; } = 1;

    /// <summary>Whether the worker writes it to somebody who waits for it: until that is settled the result stays in the outbox.</summary>
    public bool ResultAwaits { get; init; }
}

/// <summary>
/// One move of one task, made by a named constructor that asks for what the move needs. A store applies it as one fenced statement:
/// with a token it takes effect only while that lease holds, and always only from the states in <see cref="TaskLifecycle"/>.
/// </summary>
public sealed record TaskMove
{
    private TaskMove(TaskMoveKind kind, long taskId, long? token)
    {
        Kind = kind;
        TaskId = taskId;
        Token = token;
    }

    /// <summary>Which move.</summary>
    public TaskMoveKind Kind { get; }

    /// <summary>Of which task; 0 in a move that is applied to many by a query.</summary>
    public long TaskId { get; private init; }

    /// <summary>The lease that the mover holds; null for an operator's move. Of a refund: the attempt it gives back, which may have ended.</summary>
    public long? Token { get; }

    /// <summary>Why, for the audit trail.</summary>
    public string? Reason { get; init; }

    /// <summary>The error that caused it.</summary>
    public TaskError? Error { get; init; }

    /// <summary>What the attempt reports.</summary>
    public TaskReport Report { get; init; } = TaskReport.Nothing;

    /// <summary>Not to be claimed earlier (retry, refund).</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Until when the other side wants no more: holds back every task of its limit key, or of the batch where that limits by none.</summary>
    public DateTimeOffset? HoldsBackUntil { get; init; }

    /// <summary>Why, where the move's reason does not say it.</summary>
    public string? HoldReason { get; init; }

    /// <summary>The project of which the other side takes no more, until <see cref="ProjectClosedUntil"/>.</summary>
    public string? ClosesProject { get; init; }

    /// <summary>With <see cref="ClosesProject"/>: until when; null where nobody knows.</summary>
    public DateTimeOffset? ProjectClosedUntil { get; init; }

    /// <summary>How long the attempt that ends has run; null where nobody measured (then: since its claim).</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>With Advance: the same worker goes on with the next stage under a new token, as if it had claimed it in the same instant.</summary>
    public bool KeepsClaim { get; init; }

    /// <summary>With Complete and Advance: not made where another task of the batch has the target id; else it is made, and who has it is told.</summary>
    public bool RefusesSharedTarget { get; init; }

    /// <summary>With Requeue: the position of the stage to go on in; null for where the task ended.</summary>
    public int? FromStage { get; private init; }

    /// <summary>The rule of the move.</summary>
    public TaskMoveRule Rule => TaskLifecycle.Rule(Kind);

    /// <summary>The same move of another task: how a store applies one to many.</summary>
    public TaskMove Of(long taskId) => this with { TaskId = taskId };

    /// <summary>The work is done.</summary>
    public static TaskMove Complete(long taskId, long? token, TaskReport report, TimeSpan? duration = null, string? reason = null) =>
        new(TaskMoveKind.Complete, taskId, token) { Report = report, Duration = duration, Reason = reason };

    /// <summary>The stage is done. Only in a batch that has a later stage.</summary>
    public static TaskMove Advance(long taskId, long? token, TaskReport report, TimeSpan? duration, bool keepsClaim) =>
        new(TaskMoveKind.Advance, taskId, token) { Report = report, Duration = duration, KeepsClaim = keepsClaim };

    /// <summary>The task is given up because of an error.</summary>
    public static TaskMove Fail(long taskId, long? token, TaskError error, TaskReport report, TimeSpan? duration = null, string? reason = null) =>
        new(TaskMoveKind.Fail, taskId, token) { Error = error, Report = report, Duration = duration, Reason = reason };

    /// <summary>The task is tried again, not before a time.</summary>
    public static TaskMove Retry(long taskId, long? token, TaskError error, TaskReport report, DateTimeOffset notBefore, TimeSpan? duration, string reason) =>
        new(TaskMoveKind.Retry, taskId, token) { Error = error, Report = report, NotBefore = notBefore, Duration = duration, Reason = reason };

    /// <summary>A stop gives the task back; the attempt does not count.</summary>
    public static TaskMove Release(long taskId, long? token, string reason, TaskReport? report = null, TimeSpan? duration = null) =>
        new(TaskMoveKind.Release, taskId, token) { Reason = reason, Report = report ?? TaskReport.Nothing, Duration = duration };

    /// <summary>The worker of the task is dead or lost its lease; the token names the lease that is ended.</summary>
    public static TaskMove Recover(long taskId, long token, string reason) =>
        new(TaskMoveKind.Recover, taskId, token) { Reason = reason };

    /// <summary>The worker died with it too often.</summary>
    public static TaskMove Abandon(long taskId, long token, TaskError error, string reason) =>
        new(TaskMoveKind.Abandon, taskId, token) { Error = error, Reason = reason };

    /// <summary>The task needs no work.</summary>
    public static TaskMove Skip(long taskId, long? token, string reason, TaskReport? report = null, TimeSpan? duration = null) =>
        new(TaskMoveKind.Skip, taskId, token) { Reason = reason, Report = report ?? TaskReport.Nothing, Duration = duration };

    /// <summary>An operator withdraws the task.</summary>
    public static TaskMove Cancel(long taskId, string reason) =>
        new(TaskMoveKind.Cancel, taskId, null) { Reason = reason };

    /// <summary>An ended task is done again with a fresh budget; its history stays.</summary>
    /// <param name="taskId">Which.</param>
    /// <param name="reason">Why.</param>
    /// <param name="fromStage">
    /// The position of the stage it goes on in, 0 for the first. Null: a task that failed, was skipped or was canceled goes on in the stage where that
    /// happened; a completed one begins anew. A stage later than the one the task has reached stands for that one.
    /// </param>
    public static TaskMove Requeue(long taskId, string reason, int? fromStage = null) =>
        new(TaskMoveKind.Requeue, taskId, null) { Reason = reason, FromStage = fromStage };

    /// <summary>Its block puts it off to a later time; the attempt does not count.</summary>
    public static TaskMove Postpone(long taskId, long? token, DateTimeOffset notBefore, TaskReport report, TimeSpan? duration, string reason) =>
        new(TaskMoveKind.Postpone, taskId, token) { NotBefore = notBefore, Report = report, Duration = duration, Reason = reason };

    /// <summary>The attempt is given back because the cause lies outside the task.</summary>
    public static TaskMove Refund(long taskId, long? token, TaskError? error, TaskReport report, DateTimeOffset? notBefore, TimeSpan? duration, string reason) =>
        new(TaskMoveKind.Refund, taskId, token) { Error = error, Report = report, NotBefore = notBefore, Duration = duration, Reason = reason };
}

/// <summary>The moves that a task can make. What each one means stands in <see cref="TaskLifecycle"/>.</summary>
public enum TaskMoveKind
{
    /// <summary>A worker takes it.</summary>
    Claim,

    /// <summary>Its work is done.</summary>
    Complete,

    /// <summary>The work of its stage is done, the next stage waits.</summary>
    Advance,

    /// <summary>It is given up.</summary>
    Fail,

    /// <summary>It is tried again later.</summary>
    Retry,

    /// <summary>A stop gives it back.</summary>
    Release,

    /// <summary>Its worker died.</summary>
    Recover,

    /// <summary>Its worker died too often.</summary>
    Abandon,

    /// <summary>It needs no work.</summary>
    Skip,

    /// <summary>An operator withdraws it.</summary>
    Cancel,

    /// <summary>An operator wants it done again.</summary>
    Requeue,

    /// <summary>It failed for a cause outside itself, and the attempt is given back.</summary>
    Refund,

    /// <summary>Its block puts it off to a later time.</summary>
    Postpone,
}
