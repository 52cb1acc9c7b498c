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
        INSERT INTO attempt (task, number, batch, stage, worker, started_at, ended_at, outcome, error_category, error_message, error_id, stack)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """;

    public const string AttemptColumns = """
        a.task, a.number, a.batch, a.stage, a.worker, a.started_at, a.ended_at, a.outcome, a.error_category, a.error_message, a.error_id, a.stack, t.key
        """;
}
