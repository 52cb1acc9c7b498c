using Journal.Storage;

namespace Journal.Postgres.Statements;

/// <summary>The audit trail and the attempts: written, never changed.</summary>
internal static class HistoryStatements
{
    public const string InsertEvents = """
        INSERT INTO event (at, batch, task, kind, from_status, to_status, stage, worker, reason)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::int[], $6::int[], $7::int[], $8::bigint[], $9::text[])
        """;

    public const string EventColumns = "e.id, e.at, e.batch, e.task, e.kind, e.from_status, e.to_status, e.stage, w.name, e.reason";

    public const string InsertAttempts = """
        INSERT INTO attempt (task, number, batch, stage, worker, started_at, ended_at, outcome, error_category, error_message, error_id, stack, log)
        SELECT * FROM unnest(
            $1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::int[], $9::int[], $10::text[], $11::text[], $12::text[],
            $13::text[])
        """;

    public const string AttemptColumns = """
        a.task, a.number, a.batch, a.stage, w.name, a.started_at, a.ended_at, a.outcome, a.error_category, a.error_message, a.error_id, a.stack, t.key, a.log
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

    /// <summary>Held by every transaction from before its events get their ids until it has ended, so that a follower can wait for those under way.</summary>
    public const string ShareTrail = "SELECT pg_advisory_xact_lock_shared($1)";

    /// <summary>Waits until every event that has an id is there, or never will be.</summary>
    public const string AwaitTrail = "SELECT pg_advisory_xact_lock($1)";

    /// <summary>How far the trail is complete, while nobody can add to it.</summary>
    public const string TrailEnd = "SELECT COALESCE(MAX(id), 0) FROM event";
}
