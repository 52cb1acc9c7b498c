-- What a worker's turn is to the server: complete the tasks in hand and claim the next ones, in the statements and the trips of the store
-- (src/Journal.Postgres/Statements), driven by pgbench as the limit of what a client can reach. Variables: batch, worker, turn (tasks a turn); held
-- and tokens carry over from one turn to the next.
\startpipeline
BEGIN;
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
SELECT pg_advisory_xact_lock_shared(4711);
SELECT no, revision, status, pause_reason, paused_until, pending, in_progress, completed, failed, skipped, canceled, quota_consumed, active_time, started_at, last_resumed_at, ended_at FROM batch WHERE no = ANY(ARRAY[:batch]::bigint[]) ORDER BY no;
SELECT id, batch, status, stage, token, worker, claimed_at, quota_project FROM task WHERE id = ANY((:held)::bigint[]) ORDER BY id FOR UPDATE;
\endpipeline
\startpipeline
UPDATE task t SET updated_at = 1, progress = NULL, progress_text = NULL, status = 2, lease_until = NULL, ended_at = 1, not_before = 0, error_category = 0, error_message = NULL, signature = NULL, duration = COALESCE(t.duration, 0) + 1, target_id = COALESCE(m.target, t.target_id), outputs = COALESCE(m.outputs, t.outputs), quota = t.quota + 0, quota_project = COALESCE(m.project, t.quota_project), metadata = COALESCE(m.metadata, t.metadata) FROM (SELECT id, token, NULL::text AS target, NULL::text AS project, NULL::text AS outputs, NULL::text AS metadata FROM unnest((:held)::bigint[], (:tokens)::bigint[]) AS u(id, token)) m WHERE t.id = m.id AND t.status = 1 AND t.token = m.token;
INSERT INTO attempt (task, number, batch, stage, worker, started_at, ended_at, outcome, error_category, error_message, error_id, stack) SELECT id, token, :batch, 0, :worker, 1, 2, 0, 0, NULL, NULL, NULL FROM unnest((:held)::bigint[], (:tokens)::bigint[]) AS u(id, token);
UPDATE task SET not_before = 0 WHERE id IN (SELECT id FROM task WHERE batch = :batch AND status = 0 AND not_before > 0 AND not_before <= 1 FOR UPDATE SKIP LOCKED);
\endpipeline
SELECT COALESCE(array_agg(id), '{}')::text AS wanted FROM (SELECT id, crashes, stage FROM task WHERE batch = :batch AND status = 0 AND not_before = 0 ORDER BY stage DESC, priority DESC, id LIMIT :turn FOR UPDATE SKIP LOCKED) AS ready \gset
WITH claimed AS (UPDATE task t SET status = 1, attempts = attempts + 1, token = token + 1, worker = :worker, claimed_at = 1, lease_until = 1, started_at = COALESCE(started_at, 1), updated_at = 1 WHERE id = ANY((:wanted)::bigint[]) AND status = 0 RETURNING t.*) SELECT COALESCE(array_agg(token), '{}')::text AS claimed, max(key) AS keys, max(input) AS inputs FROM claimed \gset
SELECT pending, in_progress, completed, pg_current_xact_id()::text FROM batch WHERE no = ANY(ARRAY[:batch]::bigint[]) ORDER BY no FOR NO KEY UPDATE;
\startpipeline
SELECT pg_advisory_xact_lock_shared(4712);
INSERT INTO event (at, batch, task, kind, from_status, to_status, stage, worker, reason) SELECT 1, :batch, id, kind, 0, 1, 0, :worker, NULL FROM (SELECT unnest((:held)::bigint[]) AS id, 21 AS kind UNION ALL SELECT unnest((:wanted)::bigint[]), 20) AS trail;
UPDATE batch SET status = 1, pending = GREATEST(pending - cardinality((:wanted)::bigint[]), 0), in_progress = GREATEST(in_progress + cardinality((:wanted)::bigint[]) - cardinality((:held)::bigint[]), 0), completed = completed + cardinality((:held)::bigint[]), started_at = 1, updated_at = 1 WHERE no = :batch;
COMMIT;
\endpipeline
SELECT :wanted::text AS held, :claimed::text AS tokens \gset
