using Journal.Storage;

namespace Journal.Sqlite.Statements;

/// <summary>The audit trail and the attempts: written, never changed.</summary>
internal static class HistoryStatements
{
    public const string InsertEvent = """
        INSERT INTO event (id, at, batch, task, kind, from_status, to_status, stage, worker, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    public const string EventColumns = "id, at, batch, task, kind, from_status, to_status, stage, worker, reason";

    public const string InsertAttempt = """
        INSERT INTO attempt (task, number, batch, stage, worker, started_at, ended_at, outcome, error_category, error_message, error_id, stack, log)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        """;

    public const string AttemptColumns = """
        a.task, a.number, a.batch, a.stage, a.worker, a.started_at, a.ended_at, a.outcome, a.error_category, a.error_message, a.error_id, a.stack, t.key, a.log
        """;

    /// <summary>Attempts counted by batch, outcome, category and stretch: how many, how many microseconds they took, and how many of them failed and were repeated.</summary>
    public static readonly string Tally = $"""
        SELECT b.id, a.outcome, a.error_category, a.stretch, COUNT(*), CAST(SUM(a.ran) AS bigint), CAST(SUM(a.repeated) AS bigint)
        FROM (
            SELECT batch, outcome, error_category, ended_at - started_at AS ran,
                CASE {string.Concat(AttemptTally.Stretches.Select(static (stretch, n) => FormattableString.Invariant($"WHEN ended_at - started_at <= {Micros.From(stretch)} THEN {n} ")))}ELSE {AttemptTally.Stretches.Count} END AS stretch,
                CASE WHEN outcome = {(int)JournalAttemptOutcome.Failed} AND EXISTS (SELECT 1 FROM attempt later WHERE later.task = attempt.task AND later.number > attempt.number) THEN 1 ELSE 0 END AS repeated
            FROM attempt
        ) a JOIN batch b ON b.no = a.batch
        GROUP BY b.id, a.outcome, a.error_category, a.stretch
        """;
}

/// <summary>Checkpoints.</summary>
internal static class CheckpointStatements
{
    /// <summary>Stands for the journal itself where a batch's number is asked for.</summary>
    public const long OfJournal = 0;

    public const string Find = "SELECT name, json, updated_at FROM checkpoint WHERE batch = ?1 AND name = ?2";

    public const string All = "SELECT name, json, updated_at FROM checkpoint WHERE batch = ?1 ORDER BY name";

    public const string Set = "INSERT OR REPLACE INTO checkpoint (batch, name, json, updated_at) VALUES (?1, ?2, ?3, ?4)";

    public const string Clear = "DELETE FROM checkpoint WHERE batch = ?1 AND name = ?2";
}
