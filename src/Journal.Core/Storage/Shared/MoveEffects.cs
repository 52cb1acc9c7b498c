using Journal.Lifecycle;

namespace Journal.Storage.Shared;

/// <summary>What becomes of a move when it meets a task, decided once for all engines; they write the answers. Times are microseconds.</summary>
public static class MoveEffects
{
    /// <summary>Whether the move takes effect.</summary>
    /// <param name="move">The move.</param>
    /// <param name="status">The status of the task it meets.</param>
    /// <param name="token">The number of that task's newest lease.</param>
    /// <param name="isHolders">Whether that lease is the mover's. The number alone does not tell: a journal that forgot its last commits gives it out again.</param>
    /// <param name="isLastStage">Whether the task is in its batch's last stage, or has none.</param>
    public static MoveOutcome Judge(TaskMove move, JournalTaskStatus status, long token, bool isHolders, bool isLastStage)
    {
        // A lease holds only while the task is in progress; a refund's token names the attempt that it gives back, ended or not.
        var isHeld = status == JournalTaskStatus.InProgress;
        var lost = move.Token is { } held && (token != held || (isHeld ? !isHolders : move.Kind != TaskMoveKind.Refund));
        if (lost) return MoveOutcome.LeaseLost;
        return !move.Rule.Allows(status) || (move.Kind == TaskMoveKind.Advance && isLastStage) ? MoveOutcome.Illegal : MoveOutcome.Applied;
    }

    /// <summary>The target id of which it matters whether another task of the batch has it; null where the move records none for good.</summary>
    public static string? Target(TaskMove move) =>
        move.Kind is TaskMoveKind.Complete or TaskMoveKind.Advance && move.Report.TargetId is { Length: > 0 } target ? target : null;

    /// <summary>What the history gives as the reason of a move.</summary>
    /// <param name="move">The move.</param>
    /// <param name="shared">The target id that another task has too.</param>
    public static string? Reason(TaskMove move, SharedTarget? shared)
    {
        var reason = move.Reason ?? move.Error?.Message;
        return shared is null ? reason : shared.Reason(reason);
    }

    /// <summary>The stage in which a requeued task waits. What the stages before it made is kept.</summary>
    /// <param name="move">The requeue.</param>
    /// <param name="status">The status of the task it meets.</param>
    /// <param name="stage">The stage in which that ended.</param>
    public static long RequeuedTo(TaskMove move, JournalTaskStatus status, long stage) =>
        Math.Min(move.FromStage ?? (status == JournalTaskStatus.Completed ? 0 : stage), stage);

    /// <summary>How long the attempt ran that the move ends.</summary>
    public static long Ran(TaskMove move, long? claimedAt, long now) => Micros.From(move.Duration) ?? Math.Max(now - (claimedAt ?? now), 0);

    /// <summary>When the task may be claimed again; 0 for at once.</summary>
    public static long NotBefore(TaskMove move, long now) => move.NotBefore is { } due && Micros.From(due) > now ? Math.Min(Micros.From(due), Waits.ForKey - 1) : 0;

    /// <summary>Whether the move gives a start of the rate limit back: an attempt that counts for nothing, unless the other side refused it.</summary>
    public static bool GivesStartBack(TaskMove move, JournalTaskStatus from) =>
        from == JournalTaskStatus.InProgress && move.Kind is TaskMoveKind.Release or TaskMoveKind.Refund && move.HoldsBackUntil is null;

    /// <summary>What the task's error message becomes; null where it stays or goes as the move's kind says.</summary>
    public static string? Message(TaskMove move) => move.Kind == TaskMoveKind.Skip ? move.Reason : move.Error?.Message;

    /// <summary>What the attempt that the move ends has to say.</summary>
    public static string? AttemptMessage(TaskMove move, JournalAttemptOutcome outcome) =>
        move.Error?.Message ?? (outcome == JournalAttemptOutcome.Completed ? null : move.Reason);

    /// <summary>The task's outputs with those of the report; null where it reports none.</summary>
    /// <param name="report">The report.</param>
    /// <param name="known">Those the task has, as JSON.</param>
    public static string? Outputs(TaskReport report, string? known) =>
        report.Outputs is { Count: > 0 } added ? JsonList.From(JsonList.Parse(known).Concat(added).Distinct(StringComparer.Ordinal)).ToString() : null;

    /// <summary>The task's metadata with that of the report laid over it; null where it reports none.</summary>
    /// <param name="laid">What the report says.</param>
    /// <param name="known">What the task has, as JSON.</param>
    public static string? Metadata(JsonMap? laid, string? known) => laid is { Count: > 0 } ? JsonMap.Parse(known).With(laid).Json : null;

    /// <summary>What each project is charged by a report; nothing where it charges nothing.</summary>
    /// <param name="report">The report.</param>
    /// <param name="known">The project that the task charged last.</param>
    public static IEnumerable<(string? Project, double Units)> Charges(TaskReport report, string? known)
    {
        var rest = report.Quota;
        foreach (var (project, units) in report.QuotaByProject ?? Empty)
        {
            rest -= units;
            if (units != 0) yield return (project, units);
        }

        if (report.QuotaByProject is null ? rest != 0 : rest > 1e-9 * report.Quota) yield return (report.QuotaProject ?? known, rest);
    }

    private static readonly Dictionary<string, double> Empty = [];

    /// <summary>What is recorded of what the attempt emitted; null where nothing is.</summary>
    public static string? Result(TaskMove move) =>
        move.Kind is TaskMoveKind.Complete or TaskMoveKind.Advance or TaskMoveKind.Skip ? move.Report.Result : null;
}
