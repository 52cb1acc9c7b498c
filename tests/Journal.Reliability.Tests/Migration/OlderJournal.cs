using Journal.Testing;
using Journal.Torture.Checking;
using FileSchema = Journal.Sqlite.Opening.Schema;
using ServerSchema = Journal.Postgres.Opening.Schema;

namespace Journal.Reliability.Tests.Migration;

/// <summary>
/// Journals of schemas that came before today's, as the module of their day left them: made by its scripts alone, and filled by SQL of the tests' own
/// with tasks in every status, their attempts, events and results, and checkpoints. No store of today has touched them.
/// </summary>
internal static class OlderJournal
{
    // A moment of 2026; times are microseconds.
    private const long Then = 1_767_225_600_000_000;
    private const long Minute = 60_000_000;
    private const int Plain = 400;
    private const int Staged = 550;

    /// <summary>Makes one in a file.</summary>
    public static void MakeFile(string path, long version, int tasks)
    {
        File.Create(path).Dispose();
        using var file = new RawFile(path);
        file.Run("PRAGMA journal_mode = WAL; BEGIN;");
        foreach (var (_, script) in FileSchema.Migrations.Where(migration => migration.Key <= version)) file.Run(script);
        if (tasks > 0) file.Run(Content(tasks, static _ => "", static _ => "") + FileContent);
        file.Run(FormattableString.Invariant($"PRAGMA application_id = {FileSchema.ApplicationId}; PRAGMA user_version = {version}; COMMIT;"));
    }

    /// <summary>Makes one in a schema of a server.</summary>
    public static void MakeSchema(PostgresServer server, string schema, long version, int tasks)
    {
        var scripts = ServerSchema.Migrations.Where(migration => migration.Key <= version).Select(static migration => FormattableString.Invariant($"{migration.Value}; INSERT INTO migration (number) VALUES ({migration.Key});"));
        server.Sql($"""
            CREATE SCHEMA {schema};
            SET search_path = {schema};
            CREATE TABLE migration (number bigint PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
            {string.Concat(scripts)}
            {(tasks > 0 ? Content(tasks, static column => $", {column}", static text => $", CAST(substr(encode(sha256(convert_to({text}, 'UTF8')), 'hex'), 1, 32) AS uuid)") + ServerContent(tasks) : "")}
            """);
    }

    /// <summary>All that a journal tells, in the words that every schema has for it.</summary>
    public static string Story(RawDatabase database) => string.Join('\n', new[]
    {
        "SELECT no, id, name, status, stages, stage_count, pending, in_progress, completed, failed, skipped, canceled, quota_consumed FROM batch ORDER BY no",
        "SELECT id, batch, status, stage, attempts, token, worker, lease_until, error_category, ended_at, key, error_message, signature, metadata, quota FROM task ORDER BY id",
        "SELECT task, number, batch, stage, worker, started_at, ended_at, outcome, error_message FROM attempt ORDER BY task, number",
        "SELECT id, at, batch, task, kind, from_status, to_status, stage, worker, reason FROM event ORDER BY id",
        "SELECT task, stage, json FROM result ORDER BY task, stage",
        "SELECT task, path FROM temp_file ORDER BY task",
        "SELECT batch, project, consumed FROM quota ORDER BY batch",
        "SELECT batch, name, json, updated_at FROM checkpoint ORDER BY batch, name",
    }.SelectMany(database.Rows).Select(static row => string.Join('|', row)));

    // What both engines take. A task's number tells what became of it.
    private static string Content(int tasks, Func<string, string> digestColumn, Func<string, string> digestOf) => FormattableString.Invariant($$"""
        INSERT INTO worker (name, host, process_space, process_id, process_start, nonce{{digestColumn("identity")}}) VALUES ('old', 'elsewhere', '', 1, '', 'n'{{digestOf("'old'")}});
        INSERT INTO batch (id, name, status, stages, stage_count, settings, created_at, updated_at, started_at) VALUES
            ('plain-20260101-000000', 'plain', 1, '[]', 0, '{"quality":90}', {{Then}}, {{Then}}, {{Then}}),
            ('staged-20260101-000000', 'staged', 1, '["fetch","convert"]', 2, '{}', {{Then}}, {{Then}}, {{Then}}),
            ('large-20260101-000000', 'large', 1, '[]', 0, '{}', {{Then}}, {{Then}}, {{Then}});
        INSERT INTO event (id, at, batch, kind, from_status, to_status) SELECT no, {{Then}}, no, 1, NULL, 0 FROM batch;
        INSERT INTO event (id, at, batch, kind, from_status, to_status) SELECT 10 + no, {{Then}}, no, 3, 0, 1 FROM batch;

        INSERT INTO task (id, batch, status, stage, attempts, token, lease_until, claimed_at, worker, error_category, created_at, updated_at,
            started_at, ended_at, duration, quota, key, error_message, signature, metadata{{digestColumn("key_digest")}})
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{tasks}}),
            b (i, batch) AS (SELECT i, CASE WHEN i <= {{Plain}} THEN 1 WHEN i <= {{Staged}} THEN 2 ELSE 3 END FROM n),
            s (i, batch, status, ran, key) AS (
                SELECT i, batch, CASE i % 10 WHEN 0 THEN 3 WHEN 1 THEN 4 WHEN 2 THEN 1 WHEN 3 THEN 0 WHEN 4 THEN 0 ELSE CASE WHEN batch = 2 THEN 0 ELSE 2 END END,
                    CASE WHEN i % 10 IN (0, 2) OR i % 10 > 4 THEN 1 ELSE 0 END, '/photos/' || i || '.jpg' FROM b)
        SELECT i, batch, status, CASE WHEN batch = 2 AND i % 10 > 4 THEN 1 ELSE 0 END, CASE WHEN batch = 2 AND i % 10 > 4 THEN 0 ELSE ran END, ran,
            CASE WHEN status = 1 THEN {{Then + Minute}} END, CASE WHEN status = 1 THEN {{Then}} END, CASE WHEN ran = 1 THEN 1 END, CASE WHEN status = 3 THEN 1 ELSE 0 END, {{Then}}, {{Then}},
            CASE WHEN ran = 1 THEN {{Then}} END, CASE WHEN status > 1 THEN {{Then + Minute}} END, CASE WHEN status > 1 THEN {{Minute}} END,
            CASE WHEN status IN (2, 3) THEN 1 ELSE 0 END, key, CASE WHEN status = 3 THEN 'The host did not answer.' END, CASE WHEN status = 3 THEN 'The host did not answer.' END,
            CASE WHEN status = 2 THEN '{"subject":"sea"}' END{{digestOf("key")}}
        FROM s;

        INSERT INTO event (id, at, batch, task, kind, from_status, to_status, stage, worker) SELECT id * 2 + 100, {{Then}}, batch, id, 20, 0, 1, 0, 1 FROM task WHERE token = 1;
        INSERT INTO event (id, at, batch, task, kind, from_status, to_status, stage, worker)
        SELECT id * 2 + 101, {{Then + Minute}}, batch, id, CASE status WHEN 0 THEN 22 WHEN 2 THEN 21 WHEN 3 THEN 23 ELSE 28 END, token, status, 0, worker FROM task
        WHERE status > 1 OR stage = 1;
        INSERT INTO attempt (task, number, batch, stage, worker, started_at, ended_at, outcome, error_category, error_message)
        SELECT id, 1, batch, 0, 1, {{Then}}, {{Then + Minute}}, CASE WHEN status = 3 THEN 1 ELSE 0 END, error_category, error_message FROM task WHERE token = 1 AND status <> 1;
        INSERT INTO result (task, stage, json) SELECT id, 0, '[' || id || ']' FROM task WHERE stage = 1;
        INSERT INTO temp_file (task, path{{digestColumn("path_digest")}}) VALUES (2, '/tmp/work/2.tmp'{{digestOf("'/tmp/work/2.tmp'")}});
        INSERT INTO quota (batch, project, consumed{{digestColumn("project_digest")}}) SELECT batch, '', SUM(quota){{digestOf("''")}} FROM task GROUP BY batch;
        INSERT INTO checkpoint (batch, name, json, updated_at{{digestColumn("name_digest")}}) VALUES
            (0, 'scan', '{"folder":"/photos/2026"}', {{Then}}{{digestOf("'scan'")}}), (1, 'page', '17', {{Then}}{{digestOf("'page'")}});
        UPDATE batch SET quota_consumed = (SELECT SUM(quota) FROM task WHERE batch = no),
            pending = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 0), in_progress = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 1),
            completed = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 2), failed = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 3),
            skipped = (SELECT COUNT(*) FROM task WHERE batch = no AND status = 4);
        """);

    private const string FileContent = """
        UPDATE batch SET first_task = (SELECT MIN(id) FROM task WHERE batch = no), last_task = (SELECT MAX(id) FROM task WHERE batch = no),
            first_event = (SELECT MIN(id) FROM event WHERE batch = no), last_event = (SELECT MAX(id) FROM event WHERE batch = no);
        """;

    // The numbers that its sequences give out next.
    private static string ServerContent(int tasks) => FormattableString.Invariant($"""
        SELECT setval(pg_get_serial_sequence('task', 'id'), {tasks}), setval(pg_get_serial_sequence('event', 'id'), {tasks * 2L + 101});
        """);
}
