namespace Journal.Postgres.Writing;

/// <summary>
/// What a transaction does to one batch. Its row is locked only at the end, so that the workers of a batch wait for each other no longer than they
/// must; until then the transaction goes by a asRead of the row and gathers what it changes.
/// </summary>
internal sealed class BatchWork(BatchFacts facts, BatchStanding asRead)
{
    private TaskCounts _moved;
    private TaskCounts _claimed;
    private Action<BatchStanding>? _charges;
    private long _activeTime;
    private Action<BatchStanding, BatchRecorder>? _order;
    private Action<BatchStanding>? _renewal;
    private bool _liftsPause;

    public BatchFacts Facts { get; set; } = facts;

    public long Number => Facts.Number;

    /// <summary>Where the batch stood when the transaction began, with what the transaction has moved since.</summary>
    public BatchStanding AsRead { get; } = asRead;

    /// <summary>What was done before tasks were claimed.</summary>
    public List<EventRecord> Events { get; } = [];

    /// <summary>The claims.</summary>
    public List<EventRecord> Claims { get; } = [];

    /// <summary>Whether there is something to write.</summary>
    public bool IsTouched => Events.Count > 0 || Claims.Count > 0 || _order is not null || _renewal is not null || _liftsPause;

    public void Move(JournalTaskStatus? from, JournalTaskStatus to, long count = 1)
    {
        _moved = _moved.Moved(from, to, count);
        AsRead.Counts = AsRead.Counts.Moved(from, to, count);
    }

    public void Claim(EventRecord claim)
    {
        _claimed = _claimed.Moved(JournalTaskStatus.Pending, JournalTaskStatus.InProgress);
        Claims.Add(claim);
    }

    /// <summary>Something that was used of the quota.</summary>
    public void Charge(Action<BatchStanding> charge) => _charges += charge;

    public void Ran(long micros) => _activeTime += micros;

    /// <summary>A claim comes after the end of a pause.</summary>
    public void LiftPause(long now)
    {
        if (AsRead.Status != JournalBatchStatus.Paused) return;
        AsRead.LiftPause(now, static (_, _, _, _) => { });
        _liftsPause = true;
    }

    /// <summary>Something that is done to the batch itself.</summary>
    public void Order(Action<BatchStanding, BatchRecorder> order) => _order += order;

    /// <summary>Begins another period of the quota where one is due.</summary>
    public void RenewQuota(long now)
    {
        var reset = Facts.Options.QuotaReset;
        if (AsRead.RenewQuota(reset, now)) _renewal = standing => standing.RenewQuota(reset, now);
    }

    /// <summary>Changes how fast its tasks may start.</summary>
    public void SetPace(Func<Pace, Pace> change)
    {
        AsRead.Pace = change(AsRead.Pace);
        Order((standing, _) => standing.Pace = change(standing.Pace));
    }

    /// <summary>Brings the locked row to where the transaction leaves it.</summary>
    /// <returns>All its events, in their order.</returns>
    public List<EventRecord> Conclude(BatchStanding standing, long now, long? author)
    {
        var events = new List<EventRecord>(Events);
        void Record(JournalEventKind kind, JournalBatchStatus? from, JournalBatchStatus? to, string? reason) =>
            events.Add(new EventRecord(now, Number, null, kind, (int?)from, (int?)to, null, author, reason));

        // What the transaction uses is of the new period.
        _renewal?.Invoke(standing);
        standing.Counts = Sum(standing.Counts, _moved);
        _charges?.Invoke(standing);
        standing.ActiveTime += _activeTime;
        _order?.Invoke(standing, Record);
        standing.Settle(now, Record);
        if (_liftsPause) standing.LiftPause(now, Record);
        if (Claims.Count > 0) standing.Start(now, Record);
        standing.Counts = Sum(standing.Counts, _claimed);
        events.AddRange(Claims);
        standing.Settle(now, Record);
        return events;
    }

    private static TaskCounts Sum(TaskCounts left, TaskCounts right) => new(
        left.Pending + right.Pending, left.InProgress + right.InProgress, left.Completed + right.Completed,
        left.Failed + right.Failed, left.Skipped + right.Skipped, left.Canceled + right.Canceled);
}
