-- Who else of a batch has a target id: asked at every completion that records one.
CREATE INDEX task_target ON task (batch, target_id) WHERE target_id IS NOT NULL;
