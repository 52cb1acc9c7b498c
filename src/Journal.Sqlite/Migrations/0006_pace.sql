-- How fast tasks may start. Of the whole batch:
ALTER TABLE batch ADD COLUMN pace_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN pace_spent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN hold_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN hold_reason TEXT;
-- Of a quota that is renewed: what was used before its present period, and when that began; 0 where none did.
ALTER TABLE batch ADD COLUMN quota_before REAL NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN quota_since INTEGER NOT NULL DEFAULT 0;
-- How often units were used; 0 where nobody counted.
ALTER TABLE batch ADD COLUMN quota_charges INTEGER NOT NULL DEFAULT 0;
-- Of a quota by project: a JSON object of what each project has used in the present period.
ALTER TABLE batch ADD COLUMN quota_use TEXT;
-- The key by which its start is limited; NULL where its batch limits none by key.
ALTER TABLE task ADD COLUMN limit_key TEXT;
ALTER TABLE task ADD COLUMN cost REAL NOT NULL DEFAULT 1;
ALTER TABLE task ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0;
-- Of a key of a batch; a key without a row is at rest.
CREATE TABLE pace (
    batch       INTEGER NOT NULL REFERENCES batch (no),
    limit_key   TEXT NOT NULL,
    pace_at     INTEGER NOT NULL,
    pace_spent  INTEGER NOT NULL,
    hold_until  INTEGER NOT NULL,
    hold_reason TEXT,
    -- The time that the tasks have which are next of their key; 0 where they are ready.
    opens_at    INTEGER NOT NULL,
    PRIMARY KEY (batch, limit_key)
) WITHOUT ROWID;
-- The tasks of a key that are in progress, that wait for their key, in the order in which they will run, and that are next.
CREATE INDEX task_of_key ON task (batch, limit_key, status DESC, not_before DESC, stage DESC, priority DESC) WHERE limit_key IS NOT NULL AND status <= 1;
-- The end of what the attempt wrote beside its output, a line each with its time and its stream.
ALTER TABLE attempt ADD COLUMN log TEXT;
