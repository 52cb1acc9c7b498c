-- Who else of a batch has a target id: asked at every completion that records one. A whole id can be longer than an index takes.
CREATE INDEX task_target ON task (batch, left(target_id, 100)) WHERE target_id IS NOT NULL;
