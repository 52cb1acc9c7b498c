using System.Collections.Concurrent;
using System.Globalization;
using Journal.Lifecycle;

namespace Journal.Sqlite.Statements;

/// <summary>
/// The one fenced UPDATE of each move, made from its rule in <see cref="TaskLifecycle"/>: it takes effect only from the state it names and,
/// with a token, only while that lease holds. Parameters: 1 id, 2 token, 3 now, 4 not before, 5 duration, 6 category, 7 message,
/// 8 signature, 9 lease until, 10 target, 11 quota, 12 quota project, 13 outputs, 14 metadata; of a requeue 15 the stage.
/// </summary>
internal static class MoveStatements
{
    private static readonly ConcurrentDictionary<(TaskMoveKind, JournalTaskStatus, bool), string> Made = new();

    /// <summary>The statement of a move from one state.</summary>
    /// <param name="rule">The move.</param>
    /// <param name="from">One of the states it may start from.</param>
    /// <param name="keepsClaim">The same worker goes on with the next stage.</param>
    public static string For(TaskMoveRule rule, JournalTaskStatus from, bool keepsClaim) =>
        Made.GetOrAdd((rule.Kind, from, keepsClaim), static (key, rule) => Make(rule, key.Item2, key.Item3), rule);

    private static string Make(TaskMoveRule rule, JournalTaskStatus from, bool keepsClaim)
    {
        var set = new List<string> { "updated_at = ?3", "progress = NULL", "progress_text = NULL" };
        if (keepsClaim)
        {
            set.AddRange(["lease_until = COALESCE(?9, lease_until)", "token = token + 1", "claimed_at = ?3", "attempts = 1"]);
        }
        else
        {
            set.Add($"status = {Number(rule.To)}");
            set.Add("lease_until = NULL");
            set.Add(rule.Ends ? "ended_at = ?3, not_before = 0" : "ended_at = NULL, not_before = ?4");
            set.AddRange(Attempts(rule.Attempts));
        }

        if (rule.CountsCrash) set.Add("crashes = crashes + 1");
        if (rule.Kind == TaskMoveKind.Postpone) set.Add("postponed = postponed + 1");
        set.Add(Error(rule.Kind));
        set.Add(Duration(rule, from));
        set.AddRange(Stage(rule.Kind));
        set.Add(rule.Kind == TaskMoveKind.Requeue
            ? "target_id = CASE WHEN ?15 > 0 THEN target_id END, outputs = CASE WHEN ?15 > 0 THEN outputs END"
            : "target_id = COALESCE(?10, target_id), outputs = COALESCE(?13, outputs)");
        set.AddRange(["quota = quota + ?11", "quota_project = COALESCE(?12, quota_project)", "metadata = COALESCE(?14, metadata)"]);

        return $"""
            UPDATE task SET {string.Join(", ", set.Where(static part => part.Length > 0))}
            WHERE id = ?1 AND status = {Number(from)} AND (?2 IS NULL OR token = ?2)
            """;
    }

    private static string[] Attempts(AttemptEffect effect) => effect switch
    {
        AttemptEffect.Count => ["attempts = attempts + 1"],
        AttemptEffect.Refund => ["attempts = MAX(attempts - 1, 0)"],
        AttemptEffect.Reset => ["attempts = 0"],
        _ => [],
    };

    // What went well, or is to begin anew, has no last error any more; its history stays in the attempts.
    private static string Error(TaskMoveKind kind) => kind switch
    {
        TaskMoveKind.Complete or TaskMoveKind.Advance or TaskMoveKind.Requeue => "error_category = 0, error_message = NULL, signature = NULL",
        TaskMoveKind.Skip => "error_category = 0, error_message = ?7, signature = NULL",
        _ => """
            error_category = CASE WHEN ?7 IS NULL THEN error_category ELSE ?6 END, signature = CASE WHEN ?7 IS NULL THEN signature ELSE ?8 END,
            error_message = COALESCE(?7, error_message)
            """,
    };

    // How long a dead worker's attempt ran nobody knows: the time until it was found dead may be a weekend, and would spoil every estimate.
    private static string Duration(TaskMoveRule rule, JournalTaskStatus from) =>
        rule.Kind == TaskMoveKind.Requeue ? "duration = CASE WHEN ?15 > 0 THEN duration END"
        : from != JournalTaskStatus.InProgress || rule.Outcome == JournalAttemptOutcome.Abandoned ? ""
        : "duration = COALESCE(duration, 0) + ?5";

    private static string[] Stage(TaskMoveKind kind) => kind switch
    {
        TaskMoveKind.Advance => ["stage = stage + 1"],
        TaskMoveKind.Requeue => ["stage = ?15", "crashes = 0", "postponed = 0"],
        _ => [],
    };

    private static string Number(JournalTaskStatus status) => ((int)status).ToString(CultureInfo.InvariantCulture);
}
