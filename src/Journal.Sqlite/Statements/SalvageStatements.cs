namespace Journal.Sqlite.Statements;

/// <summary>What makes a whole journal of the rows that could be saved of a damaged one.</summary>
internal static class SalvageStatements
{
    /// <summary>The tables with the number they are in order of, parents first.</summary>
    public static readonly IReadOnlyList<(string Table, string Key)> Tables =
    [
        ("worker", "no"), ("batch", "no"), ("task", "id"), ("attempt", "task"), ("event", "id"),
        ("result", "task"), ("temp_file", "task"), ("quota", "batch"), ("checkpoint", "batch"), ("pace", "batch"),
    ];

    private const string LastStatus =
        "(SELECT e.to_status FROM event e WHERE e.task = task.id AND e.to_status BETWEEN 0 AND 5 ORDER BY e.id DESC LIMIT 1)";

    // Its history ends with a claim that no attempt of it has ended. That the last event is a claim is not enough: the events may be older than the attempts.
    private static readonly string IsClaimedByHistory = FormattableString.Invariant(
        $"COALESCE({LastStatus}, 0) = 1 AND (SELECT COUNT(*) FROM event e WHERE e.task = task.id AND e.kind = {(int)JournalEventKind.Claimed}) > (SELECT MAX(number) FROM attempt a WHERE a.task = task.id)");

    public const string LostBatches = """
        INSERT INTO batch (no, id, name, stages, stage_count, created_at, updated_at)
        SELECT lost.batch, 'salvaged-' || lost.batch, 'salvaged',
            CASE WHEN lost.last_stage = 0 THEN '[]' ELSE (
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= lost.last_stage)
                SELECT json_group_array('stage' || i) FROM n) END,
            CASE WHEN lost.last_stage = 0 THEN 0 ELSE lost.last_stage + 1 END, lost.created_at, lost.updated_at
        FROM (
            SELECT batch, MAX(stage) AS last_stage, MIN(created_at) AS created_at, MAX(updated_at) AS updated_at
            FROM task WHERE batch NOT IN (SELECT no FROM batch) GROUP BY batch
        ) lost
        """;

    /// <summary>Rows that would point nowhere, and numbers that can be counted again.</summary>
    public static readonly IReadOnlyList<string> Mending =
    [
        """
        INSERT INTO worker (no, name, host, process_space, process_id, process_start, nonce)
        SELECT DISTINCT worker, 'lost-' || worker, '', '', 0, '', 'lost-' || worker
        FROM (SELECT worker FROM task UNION SELECT worker FROM attempt UNION SELECT worker FROM event UNION SELECT writer FROM result)
        WHERE worker IS NOT NULL AND worker NOT IN (SELECT no FROM worker)
        """,
        "DELETE FROM attempt WHERE task NOT IN (SELECT id FROM task)",
        "DELETE FROM result WHERE task NOT IN (SELECT id FROM task)",
        // What an older version kept does not tell its batch.
        "UPDATE result SET batch = (SELECT batch FROM task WHERE id = result.task) WHERE batch <> (SELECT batch FROM task WHERE id = result.task)",
        "DELETE FROM temp_file WHERE task NOT IN (SELECT id FROM task)",
        "DELETE FROM event WHERE batch NOT IN (SELECT no FROM batch) OR (task IS NOT NULL AND task NOT IN (SELECT id FROM task))",
        "DELETE FROM quota WHERE batch NOT IN (SELECT no FROM batch)",
        "DELETE FROM pace WHERE batch NOT IN (SELECT no FROM batch)",
        "DELETE FROM checkpoint WHERE batch <> 0 AND batch NOT IN (SELECT no FROM batch)",
        // A task whose present claim has ended by its history is an older row than that: it stands where its last event says, else it waits to be done.
        $"""
        UPDATE task SET lease_until = NULL, status = COALESCE(NULLIF({LastStatus}, 1), 0),
            ended_at = CASE WHEN {LastStatus} > 1 THEN (SELECT e.at FROM event e WHERE e.task = task.id ORDER BY e.id DESC LIMIT 1) END
        WHERE status = 1 AND token <= (SELECT MAX(number) FROM attempt a WHERE a.task = task.id) AND NOT ({IsClaimedByHistory})
        """,
        // A task was claimed at least as often as its last attempt says, and each claim but a present one has ended in some way.
        """
        UPDATE task SET token = (SELECT MAX(number) + (task.status = 1) FROM attempt a WHERE a.task = task.id)
        WHERE token < (SELECT MAX(number) + (task.status = 1) FROM attempt a WHERE a.task = task.id)
        """,
        """
        INSERT OR IGNORE INTO attempt (task, number, batch, stage, started_at, ended_at, outcome, error_message)
        WITH RECURSIVE n (task, number, most) AS (
            SELECT id, 1, MIN(token - (status = 1), 1000) FROM task
            WHERE token - (status = 1) > (SELECT COUNT(*) FROM attempt a WHERE a.task = task.id)
            UNION ALL SELECT task, number + 1, most FROM n WHERE number < most)
        SELECT n.task, n.number, t.batch, t.stage, t.created_at, t.created_at, 3, 'What became of this attempt was lost.'
        FROM n JOIN task t ON t.id = n.task
        """,
        "UPDATE task SET token = (SELECT COUNT(*) + (task.status = 1) FROM attempt a WHERE a.task = task.id) WHERE token > 1000",
        "UPDATE task SET stage = (SELECT MAX(stage_count - 1, 0) FROM batch WHERE no = task.batch) WHERE stage > 0 AND stage >= (SELECT stage_count FROM batch WHERE no = task.batch)",
        // What a task used is known from itself; of the ledger only what contradicts the tasks is written anew, for they name no more than their last project.
        """
        DELETE FROM quota WHERE batch IN (
            SELECT no FROM batch b WHERE ABS(
                (SELECT TOTAL(quota) FROM task WHERE batch = b.no) - (SELECT TOTAL(consumed) FROM quota WHERE batch = b.no)) > 1e-6)
        """,
        """
        INSERT INTO quota (batch, project, consumed)
        SELECT batch, COALESCE(quota_project, ''), SUM(quota) FROM task WHERE quota <> 0 AND batch NOT IN (SELECT batch FROM quota) GROUP BY 1, 2
        """,
        """
        UPDATE batch SET quota_consumed = (SELECT TOTAL(consumed) FROM quota WHERE batch = no),
            pending = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 0),
            in_progress = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 1),
            completed = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 2),
            failed = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 3),
            skipped = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 4),
            canceled = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 5),
            first_task = (SELECT MIN(id) FROM task WHERE batch = no), last_task = (SELECT MAX(id) FROM task WHERE batch = no),
            first_event = (SELECT MIN(id) FROM event WHERE batch = no), last_event = (SELECT MAX(id) FROM event WHERE batch = no)
        """,
        // Where tasks are lost, no more can be of earlier periods than the others used.
        "UPDATE batch SET quota_before = MIN(quota_before, quota_consumed)",
    ];

    /// <summary>Tasks whose last event tells another status than they have: some of their history is lost.</summary>
    public const string BrokenChains = """
        SELECT t.id, t.batch, t.status, t.stage FROM task t
        WHERE COALESCE((SELECT to_status FROM event WHERE task = t.id ORDER BY id DESC LIMIT 1), 0) <> t.status
        """;

    public const string Batches = "SELECT no FROM batch ORDER BY no";
}
