using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Where a batch stands, held in memory during one transaction and written once at its end: the write lock makes it the only truth.</summary>
internal sealed class BatchEntry
{
    public BatchEntry(Statement row)
    {
        Number = row.Integer(0);
        Id = row.Text(1)!;
        Revision = row.Integer(2);
        StageCount = row.Integer(3);
        Status = (JournalBatchStatus)row.Integer(4);
        PauseReason = row.Text(5);
        PausedUntil = row.IntegerOrNull(6);
        Counts = new TaskCounts(row.Integer(7), row.Integer(8), row.Integer(9), row.Integer(10), row.Integer(11), row.Integer(12));
        QuotaConsumed = row.Real(13);
        ActiveTime = row.Integer(14);
        StartedAt = row.IntegerOrNull(15);
        LastResumedAt = row.IntegerOrNull(16);
        EndedAt = row.IntegerOrNull(17);
        FirstTask = row.IntegerOrNull(18);
        LastTask = row.IntegerOrNull(19);
        FirstEvent = row.IntegerOrNull(20);
        LastEvent = row.IntegerOrNull(21);
    }

    public long Number { get; }

    public string Id { get; }

    public long Revision { get; set; }

    public long StageCount { get; }

    public JournalBatchStatus Status { get; set; }

    public string? PauseReason { get; set; }

    public long? PausedUntil { get; set; }

    public TaskCounts Counts { get; set; }

    public double QuotaConsumed { get; set; }

    /// <summary>Microseconds that its attempts have run.</summary>
    public long ActiveTime { get; set; }

    public long? StartedAt { get; set; }

    public long? LastResumedAt { get; set; }

    public long? EndedAt { get; set; }

    public long? FirstTask { get; set; }

    public long? LastTask { get; set; }

    public long? FirstEvent { get; set; }

    public long? LastEvent { get; set; }

    /// <summary>Whether there is something to write.</summary>
    public bool Changed { get; set; }

    /// <summary>Whether its tasks may be handed out.</summary>
    public bool MayClaim(DateTimeOffset now) => BatchLifecycle.MayClaim(Status, Micros.ToTime(PausedUntil), now);

    /// <summary>As a runner sees it.</summary>
    public BatchState ToState(DateTimeOffset? nextDue) =>
        new(Status, Counts, PauseReason, Micros.ToTime(PausedUntil), QuotaConsumed, nextDue);
}
