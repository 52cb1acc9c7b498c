namespace Journal.Storage.Shared;

/// <summary>Attempts counted by how they ended and how long they took, asked of every engine in the same words.</summary>
public static class AttemptTallies
{
    /// <summary>The question: the batch, the outcome, the category, the stretch, how many, and how many microseconds they took.</summary>
    public static string Sql { get; } = $"""
        SELECT b.id, a.outcome, a.error_category, a.stretch, a.many, a.ran FROM (
            SELECT batch, outcome, error_category, {Stretch("ended_at - started_at")} AS stretch, COUNT(*) AS many, CAST(SUM(ended_at - started_at) AS bigint) AS ran
            FROM attempt GROUP BY 1, 2, 3, 4) a JOIN batch b ON b.no = a.batch
        """;

    /// <summary>One row of the answer.</summary>
    public static AttemptTally Read(IStoredRow row) => new(
        row.Text(0)!, (JournalAttemptOutcome)row.Integer(1), (JournalErrorCategory)row.Integer(2), (int)row.Integer(3), row.Integer(4), Micros.ToSpan(row.Integer(5)));

    private static string Stretch(string micros) =>
        $"CASE {string.Concat(AttemptTally.Stretches.Select((seconds, n) => FormattableString.Invariant($"WHEN {micros} <= {(long)(seconds * 1_000_000)} THEN {n} ")))}ELSE {AttemptTally.Stretches.Count} END";
}
