-- How fast tasks may start. Of the whole batch:
ALTER TABLE batch
    ADD COLUMN pace_at     bigint NOT NULL DEFAULT 0,
    ADD COLUMN pace_spent  bigint NOT NULL DEFAULT 0,
    ADD COLUMN hold_until  bigint NOT NULL DEFAULT 0,
    ADD COLUMN hold_reason text,
    -- Of a quota that is renewed: what was used before its present period, and when that began; 0 where none did.
    ADD COLUMN quota_before double precision NOT NULL DEFAULT 0,
    ADD COLUMN quota_since bigint NOT NULL DEFAULT 0,
    -- How often units were used; 0 where nobody counted.
    ADD COLUMN quota_charges bigint NOT NULL DEFAULT 0,
    -- Of a quota by project: a JSON object of what each project has used in the present period.
    ADD COLUMN quota_use text;
ALTER TABLE task
    -- The key by which its start is limited; NULL where its batch limits none by key.
    ADD COLUMN limit_key text COLLATE "C",
    ADD COLUMN limit_digest uuid,
    ADD COLUMN cost      double precision NOT NULL DEFAULT 1,
    ADD COLUMN postponed integer NOT NULL DEFAULT 0;
-- Of a key of a batch; a key without a row is at rest. Rows of keys at rest stay until their batch is removed, so that a worker needs no right to delete.
CREATE TABLE pace (
    batch        bigint NOT NULL,
    limit_digest uuid NOT NULL,
    pace_at      bigint NOT NULL,
    pace_spent   bigint NOT NULL,
    hold_until   bigint NOT NULL,
    hold_reason  text,
    -- The time that the tasks have which are next of their key; 0 where they are ready.
    opens_at     bigint NOT NULL,
    PRIMARY KEY (batch, limit_digest)
);
-- The tasks of a key that are in progress, that wait for their key, in the order in which they will run, and that are next.
CREATE INDEX task_of_key ON task (batch, limit_digest, status DESC, not_before DESC, stage DESC, priority DESC, id) WHERE limit_key IS NOT NULL AND status <= 1;
-- The end of what the attempt wrote beside its output, a line each with its time and its stream.
ALTER TABLE attempt ADD COLUMN log text;
