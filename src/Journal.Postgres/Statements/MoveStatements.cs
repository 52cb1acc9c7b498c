using System.Collections.Concurrent;
using System.Globalization;
using Journal.Lifecycle;

namespace Journal.Postgres.Statements;

/// <summary>
/// The one fenced UPDATE of each move, made from its rule in <see cref="TaskLifecycle"/>, for as many tasks as make it together: it takes effect
/// only from the state it names and while the lease holds that was found. Parameters: 1 now, 2 lease until, then columns: 3 id, 4 token,
/// 5 not before, 6 how long it ran, 7 category, 8 message, 9 signature, 10 target, 11 quota, 12 quota project, 13 outputs, 14 metadata, 15 the stage of a requeue.
/// </summary>
internal static class MoveStatements
{
    /// <summary>The tasks of moves, locked in the order of their ids; texts only of those in $2.</summary>
    public const string Lock = """
        SELECT id, batch, status, stage, token, worker, claimed_at, quota_project,
            CASE WHEN id = ANY($2) THEN outputs END, CASE WHEN id = ANY($2) THEN metadata END, limit_digest, cost
        FROM task WHERE id = ANY($1) ORDER BY id FOR UPDATE
        """;

    /// <summary>The keys of tasks that get a target id, each with that of another task of its batch that has it, or null. Columns: 1 task, 2 target id.</summary>
    public const string TargetsOf = """
        SELECT m.id, m.target, t.key, (
            SELECT o.key FROM task o
            WHERE o.batch = t.batch AND o.target_id IS NOT NULL AND left(o.target_id, 100) = left(m.target, 100) AND o.target_id = m.target AND o.id <> t.id LIMIT 1)
        FROM unnest($1::bigint[], $2::text[]) AS m(id, target) JOIN task t ON t.id = m.id
        """;

    private static readonly ConcurrentDictionary<(TaskMoveKind, JournalTaskStatus, bool), string> Made = new();

    /// <summary>The statement of a move from one state.</summary>
    /// <param name="rule">The move.</param>
    /// <param name="from">One of the states it may start from.</param>
    /// <param name="keepsClaim">The same worker goes on with the next stage.</param>
    public static string For(TaskMoveRule rule, JournalTaskStatus from, bool keepsClaim) =>
        Made.GetOrAdd((rule.Kind, from, keepsClaim), static (key, rule) => Make(rule, key.Item2, key.Item3), rule);

    private static string Make(TaskMoveRule rule, JournalTaskStatus from, bool keepsClaim)
    {
        var set = new List<string> { "updated_at = $1", "progress = NULL", "progress_text = NULL" };
        if (keepsClaim)
        {
            set.AddRange(["lease_until = COALESCE($2, t.lease_until)", "token = t.token + 1", "claimed_at = $1", "attempts = 1"]);
        }
        else
        {
            set.Add($"status = {Number(rule.To)}");
            set.Add("lease_until = NULL");
            set.Add(rule.Ends ? "ended_at = $1, not_before = 0" : "ended_at = NULL, not_before = m.not_before");
            set.AddRange(Attempts(rule.Attempts));
        }

        if (rule.CountsCrash) set.Add("crashes = t.crashes + 1");
        if (rule.Kind == TaskMoveKind.Postpone) set.Add("postponed = t.postponed + 1");
        set.Add(Error(rule.Kind));
        set.Add(Duration(rule, from));
        set.AddRange(Stage(rule.Kind));
        set.Add(rule.Kind == TaskMoveKind.Requeue
            ? "target_id = CASE WHEN m.stage > 0 THEN t.target_id END, outputs = CASE WHEN m.stage > 0 THEN t.outputs END"
            : "target_id = COALESCE(m.target, t.target_id), outputs = COALESCE(m.outputs, t.outputs)");
        set.AddRange(["quota = t.quota + m.quota", "quota_project = COALESCE(m.project, t.quota_project)", "metadata = COALESCE(m.metadata, t.metadata)"]);
        return $"""
            UPDATE task t SET {string.Join(", ", set.Where(static part => part.Length > 0))}
            FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::int[], $8::text[], $9::text[], $10::text[], $11::float8[], $12::text[], $13::text[], $14::text[], $15::int[])
                AS m(id, token, not_before, ran, category, message, signature, target, quota, project, outputs, metadata, stage)
            WHERE t.id = m.id AND t.status = {Number(from)} AND t.token = m.token
            """;
    }

    private static string[] Attempts(AttemptEffect effect) => effect switch
    {
        AttemptEffect.Count => ["attempts = t.attempts + 1"],
        AttemptEffect.Refund => ["attempts = GREATEST(t.attempts - 1, 0)"],
        AttemptEffect.Reset => ["attempts = 0"],
        _ => [],
    };

    // What went well, or is to begin anew, has no last error any more; its history stays in the attempts.
    private static string Error(TaskMoveKind kind) => kind switch
    {
        TaskMoveKind.Complete or TaskMoveKind.Advance or TaskMoveKind.Requeue => "error_category = 0, error_message = NULL, signature = NULL",
        TaskMoveKind.Skip => "error_category = 0, error_message = m.message, signature = NULL",
        _ => """
            error_category = CASE WHEN m.message IS NULL THEN t.error_category ELSE m.category END,
            signature = CASE WHEN m.message IS NULL THEN t.signature ELSE m.signature END, error_message = COALESCE(m.message, t.error_message)
            """,
    };

    // How long a dead worker's attempt ran nobody knows: the time until it was found dead may be a weekend, and would spoil every estimate.
    private static string Duration(TaskMoveRule rule, JournalTaskStatus from) =>
        rule.Kind == TaskMoveKind.Requeue ? "duration = CASE WHEN m.stage > 0 THEN t.duration END"
        : from != JournalTaskStatus.InProgress || rule.Outcome == JournalAttemptOutcome.Abandoned ? ""
        : "duration = COALESCE(t.duration, 0) + m.ran";

    private static string[] Stage(TaskMoveKind kind) => kind switch
    {
        TaskMoveKind.Advance => ["stage = t.stage + 1"],
        TaskMoveKind.Requeue => ["stage = m.stage", "crashes = 0", "postponed = 0"],
        _ => [],
    };

    private static string Number(JournalTaskStatus status) => ((int)status).ToString(CultureInfo.InvariantCulture);
}
