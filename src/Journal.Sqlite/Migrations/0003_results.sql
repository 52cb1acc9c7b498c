-- What every attempt emitted, not only for later stages: the outbox, and what stays with its batch.
ALTER TABLE result ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
-- The order of recording: the event that tells of it.
ALTER TABLE result ADD COLUMN no INTEGER NOT NULL DEFAULT 0;
-- How many objects it is; 0 in what an older version kept.
ALTER TABLE result ADD COLUMN items INTEGER NOT NULL DEFAULT 0;
-- How many of them were written to a pipeline.
ALTER TABLE result ADD COLUMN written INTEGER NOT NULL DEFAULT 0;
ALTER TABLE result ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
-- 1 while it is in the outbox: the run of the worker writes it; where there is none, the next run does.
ALTER TABLE result ADD COLUMN awaits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE result ADD COLUMN writer INTEGER REFERENCES worker (no);
UPDATE result SET no = task,
    batch = COALESCE((SELECT batch FROM task WHERE id = result.task), 0), at = COALESCE((SELECT updated_at FROM task WHERE id = result.task), 0);
CREATE INDEX result_outbox ON result (batch, no) WHERE awaits = 1;
