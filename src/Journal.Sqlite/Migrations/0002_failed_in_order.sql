-- Failed tasks in the order of their ids: the first twenty of a batch's, without gathering all the others. (task_failed has them by their errors.)
CREATE INDEX task_failed_in_order ON task (batch) WHERE status = 3;
