namespace Journal.Storage.Shared;

/// <summary>
/// A batch from a row of these columns: its number, id, name, status, pause_reason, paused_until, input_source, source_type, key_expression, stages,
/// settings, metadata, options, its tasks by status (six), quota_consumed, created_at, started_at, last_resumed_at, ended_at, hold_until, hold_reason, quota_before, quota_since,
/// quota_charges, quota_use.
/// </summary>
public static class StoredBatch
{
    /// <summary>The batch.</summary>
    /// <param name="row">The row.</param>
    /// <param name="location">The journal as users name it.</param>
    /// <exception cref="JournalException">JournalCorrupt.</exception>
    public static JournalBatch Read<TRow>(TRow row, string location) where TRow : IStoredRow => new()
    {
        Id = row.Text(1) ?? "",
        Name = row.Text(2) ?? "",
        Status = (JournalBatchStatus)row.Integer(3),
        PauseReason = row.Text(4),
        PausedUntil = BatchStanding.EndOfPause(row.IntegerOrNull(5)),
        IsHeld = BatchStanding.IsHeld(row.IntegerOrNull(5)),
        InputSource = row.Text(6),
        SourceType = row.Text(7),
        KeyExpression = row.Text(8),
        Stages = JsonList.Parse(row.Text(9)),
        Settings = JsonMap.Parse(row.Text(10)),
        Metadata = JsonMap.Parse(row.Text(11)),
        Options = StoredOptions.Parse(row.Text(12), location),
        Counts = Counts(row, 13),
        QuotaConsumed = row.Real(19),
        CreatedAt = Micros.ToTime(row.Integer(20)),
        StartedAt = Micros.ToTime(row.IntegerOrNull(21)),
        LastResumedAt = Micros.ToTime(row.IntegerOrNull(22)),
        EndedAt = Micros.ToTime(row.IntegerOrNull(23)),
        HeldBackUntil = row.Integer(24) == 0 ? null : Micros.ToTime(row.Integer(24)),
        HoldReason = row.Text(25),
        QuotaBefore = row.Real(26),
        QuotaSince = row.Integer(27) == 0 ? null : Micros.ToTime(row.Integer(27)),
        QuotaCharges = row.Integer(28),
        QuotaUse = ReadUse(row.Text(29)),
        JournalPath = location,
    };

    /// <summary>How many columns <see cref="ReadStanding"/> reads.</summary>
    public const int StandingColumns = 22;

    /// <summary>Where a batch stands, from the columns status, pause_reason, paused_until, its tasks by status (six), quota_consumed, active_time,
    /// started_at, last_resumed_at, ended_at, pace_at, pace_spent, hold_until, hold_reason,
    /// quota_before, quota_since, quota_charges, quota_use, beginning at one of them.</summary>
    public static BatchStanding ReadStanding<TRow>(TRow row, int column) where TRow : IStoredRow => new(
        (JournalBatchStatus)row.Integer(column), row.Text(column + 1), row.IntegerOrNull(column + 2), Counts(row, column + 3), row.Real(column + 9),
        row.Integer(column + 10), row.IntegerOrNull(column + 11), row.IntegerOrNull(column + 12), row.IntegerOrNull(column + 13),
        ReadPace(row, column + 14), row.Real(column + 18), row.Integer(column + 19), row.Integer(column + 20), ReadUse(row.Text(column + 21)));

    /// <summary>What the projects of a quota have used, as it is stored; null for nothing.</summary>
    public static string? TextOf(QuotaUse use) => use.ToString() is { Length: > 0 } json ? json : null;

    // A text that is none stops no run: what it said is counted anew.
    private static QuotaUse ReadUse(string? json)
    {
        try
        {
            return QuotaUse.Parse(json);
        }
        catch (System.Text.Json.JsonException)
        {
            return QuotaUse.None;
        }
    }

    /// <summary>How fast tasks may start, from the columns pace_at, pace_spent, hold_until, hold_reason, beginning at one of them.</summary>
    public static Pace ReadPace<TRow>(TRow row, int column) where TRow : IStoredRow =>
        new(row.Integer(column), row.Integer(column + 1), row.Integer(column + 2), row.Text(column + 3));

    /// <summary>What is needed of a batch to read its tasks, from the columns number, revision, id, stages, source_type, options.</summary>
    /// <exception cref="JournalException">JournalCorrupt.</exception>
    public static BatchFacts ReadFacts<TRow>(TRow row, string location) where TRow : IStoredRow => new(
        row.Integer(0), row.Integer(1), row.Text(2) ?? "", JsonList.Parse(row.Text(3)), row.Text(4), StoredOptions.Parse(row.Text(5), location));

    /// <summary>Tasks by status, from the columns pending, in_progress, completed, failed, skipped, canceled, beginning at one of them.</summary>
    public static TaskCounts Counts<TRow>(TRow row, int column) where TRow : IStoredRow => new(
        row.Integer(column), row.Integer(column + 1), row.Integer(column + 2), row.Integer(column + 3), row.Integer(column + 4), row.Integer(column + 5));
}
