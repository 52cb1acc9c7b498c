-- Where keys lie that begin with a text. A whole key can be longer than an index takes; keys that are alike so far are looked at.
CREATE INDEX task_key ON task (batch, left(key, 100));
