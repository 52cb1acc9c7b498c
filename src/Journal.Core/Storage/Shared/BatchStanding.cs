using Journal.Lifecycle;

namespace Journal.Storage.Shared;

/// <summary>Writes an event about a batch.</summary>
/// <param name="kind">What happened.</param>
/// <param name="from">The status before; null for a new batch, or where no status is concerned.</param>
/// <param name="to">The status after.</param>
/// <param name="reason">Why.</param>
public delegate void BatchRecorder(JournalEventKind kind, JournalBatchStatus? from, JournalBatchStatus? to, string? reason);

/// <summary>
/// Where a batch stands, held in memory while a transaction has it locked and written once at its end, with what <see cref="BatchLifecycle"/> makes
/// of it. Times are microseconds, see <see cref="Micros"/>.
/// </summary>
public sealed class BatchStanding
{
    private static readonly long HeldUntil = Micros.From(DateTimeOffset.MaxValue);

    /// <summary>Its status.</summary>
    public JournalBatchStatus Status { get; private set; }

    /// <summary>Why it is paused.</summary>
    public string? PauseReason { get; private set; }

    /// <summary>When the pause ends.</summary>
    public long? PausedUntil { get; private set; }

    /// <summary>Its tasks by status.</summary>
    public TaskCounts Counts { get; set; }

    /// <summary>Quota units used.</summary>
    public double QuotaConsumed { get; private set; }

    /// <summary>How often quota units were used.</summary>
    public long QuotaCharges { get; private set; }

    /// <summary>What each project has used in the present period of the quota.</summary>
    public QuotaUse QuotaUse { get; private set; }

    /// <summary>A task used quota units.</summary>
    /// <param name="units">How many, of all projects.</param>
    public void NoteCharge(double units)
    {
        QuotaConsumed += units;
        QuotaCharges++;
    }

    /// <summary>Quota units were of a project.</summary>
    /// <param name="units">How many.</param>
    /// <param name="project">Of which; null for none.</param>
    /// <param name="limits">The projects that have a limit; null for none.</param>
    public void ChargeProject(double units, string? project, IReadOnlyDictionary<string, double>? limits)
    {
        if (ProjectLimits.NameOf(limits, project) is { } known) QuotaUse = QuotaUse.Charge(known, units);
    }

    /// <summary>The other side takes no more of a project.</summary>
    public void CloseProject(string project, DateTimeOffset? until) => QuotaUse = QuotaUse.Close(project, until);

    /// <summary>What the other side closed is open again.</summary>
    public void OpenProjects() => QuotaUse = QuotaUse.Opened(all: true);

    /// <summary>The quota is by other projects, or their limits are others.</summary>
    /// <param name="was">The limits before.</param>
    /// <param name="limits">The limits now.</param>
    /// <param name="ledger">What each project has used in all, by any spelling.</param>
    public void FollowLimits(IReadOnlyDictionary<string, double>? was, IReadOnlyDictionary<string, double>? limits, IEnumerable<KeyValuePair<string, double>> ledger)
    {
        // What is of earlier periods the ledger does not tell.
        var used = (QuotaBefore != 0 ? [] : ledger).ToLookup(static project => project.Key, static project => project.Value, StringComparer.OrdinalIgnoreCase);
        QuotaUse = QuotaUse.Under(was, limits, name => used[name].Sum());
    }

    /// <summary>How long its attempts have run.</summary>
    public long ActiveTime { get; set; }

    /// <summary>When its first task was claimed.</summary>
    public long? StartedAt { get; private set; }

    /// <summary>When it last left a pause or was opened again.</summary>
    public long? LastResumedAt { get; private set; }

    /// <summary>When it ended.</summary>
    public long? EndedAt { get; private set; }

    /// <summary>Quota units that were used before the present period of the quota.</summary>
    public double QuotaBefore { get; private set; }

    /// <summary>When the present period of the quota began; 0 where none did.</summary>
    public long QuotaSince { get; private set; }

    /// <summary>Begins another period of the quota where one is due: what was used before counts no more.</summary>
    /// <returns>Whether one began.</returns>
    public bool RenewQuota(QuotaReset? reset, long now)
    {
        if (reset is null) return false;
        var since = QuotaSince == 0 ? now : reset.Due(Micros.ToTime(QuotaSince), Micros.ToTime(now)) is { } due ? Micros.From(due) : QuotaSince;
        if (since == QuotaSince) return false;
        // The first period has all that was used so far: the limit was the same.
        if (QuotaSince != 0) (QuotaBefore, QuotaUse) = (QuotaConsumed, QuotaUse.Renewed(Micros.ToTime(now)));
        QuotaSince = since;
        return true;
    }

    /// <summary>How fast its tasks may start.</summary>
    public Pace Pace { get; set; }

    /// <summary>A batch as it was read.</summary>
    public BatchStanding(
        JournalBatchStatus status, string? pauseReason, long? pausedUntil, TaskCounts counts, double quotaConsumed, long activeTime,
        long? startedAt, long? lastResumedAt, long? endedAt, Pace pace = default, double quotaBefore = 0, long quotaSince = 0, long quotaCharges = 0, QuotaUse? quotaUse = null)
    {
        QuotaCharges = quotaCharges;
        QuotaUse = quotaUse ?? QuotaUse.None;
        Pace = pace;
        QuotaBefore = quotaBefore;
        QuotaSince = quotaSince;
        Status = status;
        PauseReason = pauseReason;
        PausedUntil = pausedUntil;
        Counts = counts;
        QuotaConsumed = quotaConsumed;
        ActiveTime = activeTime;
        StartedAt = startedAt;
        LastResumedAt = lastResumedAt;
        EndedAt = endedAt;
    }

    /// <summary>Whether the end of a pause, as it is stored, is that of one which holds until it is resumed.</summary>
    public static bool IsHeld(long? pausedUntil) => pausedUntil == HeldUntil;

    /// <summary>When a pause ends by itself; null where it does not.</summary>
    public static DateTimeOffset? EndOfPause(long? pausedUntil) => IsHeld(pausedUntil) ? null : Micros.ToTime(pausedUntil);

    /// <summary>Whether its tasks may be handed out.</summary>
    public bool MayClaim(long now) => BatchLifecycle.MayClaim(Status, Micros.ToTime(PausedUntil), Micros.ToTime(now));

    /// <summary>As a runner sees it.</summary>
    public BatchState ToState(DateTimeOffset? nextDue) => new(Status, Counts, PauseReason, EndOfPause(PausedUntil), QuotaConsumed, nextDue, IsHeld(PausedUntil))
    {
        HeldBackUntil = Pace.HoldUntil == 0 ? null : Micros.ToTime(Pace.HoldUntil),
        HoldReason = Pace.HoldReason,
        QuotaBefore = QuotaBefore,
        QuotaSince = QuotaSince == 0 ? null : Micros.ToTime(QuotaSince),
        QuotaCharges = QuotaCharges,
        QuotaUse = QuotaUse,
    };

    /// <summary>Makes a pause or a resumption. A cancellation is made of its tasks' moves, and then <see cref="Cancel"/>.</summary>
    public void Apply(BatchMove move, long now, BatchRecorder record)
    {
        if (move.Kind == BatchMoveKind.Resume && Status == JournalBatchStatus.Paused)
        {
            // Whoever goes on wants to see whether a project is open again of which nobody knows when.
            QuotaUse = QuotaUse.Opened(all: false);
            LeavePause(move.Reason, now, record);
        }

        if (move.Kind != BatchMoveKind.Pause) return;
        var from = Status;
        Reach(JournalBatchStatus.Paused, now);
        PauseReason = move.Reason;
        PausedUntil = move.Until is { } until ? Micros.From(until) : null;
        record(JournalEventKind.BatchPaused, from, JournalBatchStatus.Paused, move.Reason);
    }

    /// <summary>Ends a cancellation, after the moves of its tasks: a batch without tasks has none to tell by.</summary>
    public void Cancel(string? reason, long now, BatchRecorder record)
    {
        Settle(now, record, reason);
        if (Status >= JournalBatchStatus.Completed) return;
        var from = Status;
        Reach(JournalBatchStatus.Canceled, now);
        record(JournalEventKind.BatchEnded, from, JournalBatchStatus.Canceled, reason);
    }

    /// <summary>A pause whose time is over ends at the next claim.</summary>
    public void LiftPause(long now, BatchRecorder record)
    {
        if (Status == JournalBatchStatus.Paused) LeavePause("The pause is over.", now, record);
    }

    /// <summary>Whoever ordered the pause had a clock that is so many microseconds ahead.</summary>
    public void EndPauseSooner(long ahead) => PausedUntil -= ahead;

    /// <summary>The first claim of a batch starts it.</summary>
    public void Start(long now, BatchRecorder record)
    {
        if (StartedAt is not null) return;
        StartedAt = now;
        var from = Status;
        Reach(BatchLifecycle.Settle(from, Counts, started: true), now);
        record(JournalEventKind.BatchStarted, from, Status, null);
    }

    /// <summary>Settles it after its tasks changed, with the event that tells.</summary>
    public void Settle(long now, BatchRecorder record, string? reason = null)
    {
        var from = Status;
        var to = BatchLifecycle.Settle(from, Counts, StartedAt is not null);
        if (to == from) return;
        var ended = from >= JournalBatchStatus.Completed;
        Reach(to, now);
        if (to >= JournalBatchStatus.Completed)
        {
            record(JournalEventKind.BatchEnded, from, to, reason);
        }
        else if (ended)
        {
            LastResumedAt = now;
            record(JournalEventKind.BatchResumed, from, to, reason);
        }
    }

    /// <summary>Puts a batch that comes from elsewhere where its tasks, which are counted, and its own pause say that it stands, with its own times.</summary>
    /// <param name="from">The batch as it stood there.</param>
    /// <param name="lastEnd">When the last of its tasks ended.</param>
    /// <param name="now">The time.</param>
    public void Restore(JournalBatch from, DateTimeOffset? lastEnd, long now)
    {
        var paused = from.Status is JournalBatchStatus.Paused && Counts.Open > 0;
        Status = BatchLifecycle.Settle(paused ? JournalBatchStatus.Paused : JournalBatchStatus.Ready, Counts, from.StartedAt is not null);
        StartedAt = Stamp(from.StartedAt);
        LastResumedAt = Stamp(from.LastResumedAt);
        // Of a part of its tasks no more can be of earlier periods than they used.
        QuotaBefore = Math.Min(from.QuotaBefore, QuotaConsumed);
        QuotaSince = Stamp(from.QuotaSince) ?? 0;
        QuotaUse = from.QuotaUse;
        PauseReason = paused ? from.PauseReason : null;
        PausedUntil = !paused ? null : from.IsHeld ? HeldUntil : Stamp(from.PausedUntil);
        EndedAt = Status >= JournalBatchStatus.Completed ? Stamp(from.EndedAt) ?? Stamp(lastEnd) ?? now : null;
    }

    private static long? Stamp(DateTimeOffset? time) => time is { } known ? Micros.From(known) : null;

    private void LeavePause(string? reason, long now, BatchRecorder record)
    {
        var from = Status;
        Reach(BatchLifecycle.Settle(JournalBatchStatus.Ready, Counts, StartedAt is not null), now);
        LastResumedAt = now;
        record(JournalEventKind.BatchResumed, from, Status, reason);
    }

    private void Reach(JournalBatchStatus status, long now)
    {
        Status = status;
        EndedAt = status >= JournalBatchStatus.Completed ? now : null;
        if (status == JournalBatchStatus.Paused) return;
        PauseReason = null;
        PausedUntil = null;
    }
}
