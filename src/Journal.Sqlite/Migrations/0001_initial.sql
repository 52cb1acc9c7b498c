-- Times are microseconds since 1970 UTC, durations microseconds. Statuses, categories, outcomes and kinds are the numbers of Core's enums.
-- References are declared for the reader and for Journal's check; they are not enforced at every write, because all writes go through one
-- place and enforcing them costs a tenth of its speed.

-- The least numbers that may be given out next: none is given out twice, even after the newest batch was removed, because a follower of events
-- goes by them. Written only by a removal; before it, the greatest number in use tells.
CREATE TABLE sequence (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    next_task  INTEGER NOT NULL,
    next_event INTEGER NOT NULL
);
INSERT INTO sequence VALUES (1, 1, 1);

CREATE TABLE worker (
    no            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    host          TEXT NOT NULL,
    process_space TEXT NOT NULL,
    process_id    INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    nonce         TEXT NOT NULL,
    label         TEXT,
    UNIQUE (nonce, process_id, process_start, process_space, host, name)
);

CREATE TABLE batch (
    no              INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    status          INTEGER NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 5),
    pause_reason    TEXT,
    paused_until    INTEGER,
    input_source    TEXT,
    source_type     TEXT,
    key_expression  TEXT,
    stages          TEXT NOT NULL DEFAULT '[]',
    stage_count     INTEGER NOT NULL DEFAULT 0,
    settings        TEXT NOT NULL DEFAULT '{}',
    metadata        TEXT NOT NULL DEFAULT '{}',
    options         TEXT NOT NULL DEFAULT '{}',
    -- Grows with every amendment, so that what is known of a batch need not be read again at every claim.
    revision        INTEGER NOT NULL DEFAULT 0,
    pending         INTEGER NOT NULL DEFAULT 0 CHECK (pending >= 0),
    in_progress     INTEGER NOT NULL DEFAULT 0 CHECK (in_progress >= 0),
    completed       INTEGER NOT NULL DEFAULT 0 CHECK (completed >= 0),
    failed          INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
    skipped         INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0),
    canceled        INTEGER NOT NULL DEFAULT 0 CHECK (canceled >= 0),
    quota_consumed  REAL NOT NULL DEFAULT 0,
    active_time     INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    started_at      INTEGER,
    last_resumed_at INTEGER,
    ended_at        INTEGER,
    -- The ranges in which the batch's tasks and events lie: reading them is one scan in order of id, whatever else the journal holds.
    first_task      INTEGER,
    last_task       INTEGER,
    first_event     INTEGER,
    last_event      INTEGER,
    CHECK ((status >= 3) = (ended_at IS NOT NULL)),
    CHECK (status = 2 OR (pause_reason IS NULL AND paused_until IS NULL))
);
CREATE INDEX batch_name ON batch (name, created_at);

CREATE TABLE task (
    id             INTEGER PRIMARY KEY,
    batch          INTEGER NOT NULL REFERENCES batch (no),
    status         INTEGER NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 5),
    -- The position in its batch's stages; 0 where the batch has none.
    stage          INTEGER NOT NULL DEFAULT 0 CHECK (stage >= 0),
    priority       INTEGER NOT NULL DEFAULT 0,
    weight         REAL NOT NULL DEFAULT 1,
    attempts       INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    crashes        INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    -- How often it was claimed: the lease's token and the number of the attempt.
    token          INTEGER NOT NULL DEFAULT 0 CHECK (token >= 0),
    -- 0 once it may be claimed.
    not_before     INTEGER NOT NULL DEFAULT 0 CHECK (not_before >= 0),
    lease_until    INTEGER,
    claimed_at     INTEGER,
    worker         INTEGER REFERENCES worker (no),
    error_category INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    started_at     INTEGER,
    ended_at       INTEGER,
    duration       INTEGER,
    quota          REAL NOT NULL DEFAULT 0,
    quota_project  TEXT,
    progress       REAL,
    progress_text  TEXT,
    key            TEXT NOT NULL CHECK (key <> ''),
    input_kind     INTEGER NOT NULL DEFAULT 0,
    error_message  TEXT,
    signature      TEXT,
    -- NULL where it is the batch's.
    source_type    TEXT,
    target_id      TEXT,
    outputs        TEXT,
    metadata       TEXT,
    -- NULL where the input is the key.
    input          TEXT,
    UNIQUE (batch, key),
    CHECK ((status = 1) = (lease_until IS NOT NULL)),
    CHECK ((status >= 2) = (ended_at IS NOT NULL)),
    CHECK (status <> 1 OR (worker IS NOT NULL AND claimed_at IS NOT NULL AND token > 0)),
    CHECK (status = 0 OR not_before = 0)
);
-- Each holds only the tasks it is asked for, in the order it is asked for: a claim costs the same among a thousand tasks and a million.
CREATE INDEX task_ready ON task (batch, stage DESC, priority DESC) WHERE status = 0 AND not_before = 0;
CREATE INDEX task_waiting ON task (batch, not_before) WHERE status = 0 AND not_before > 0;
CREATE INDEX task_in_progress ON task (batch, worker) WHERE status = 1;
-- With all that grouping failures needs, so that it never looks at a task.
CREATE INDEX task_failed ON task (batch, error_category, signature, updated_at, status) WHERE status = 3;

-- Written once, when the attempt ends.
CREATE TABLE attempt (
    task           INTEGER NOT NULL REFERENCES task (id),
    number         INTEGER NOT NULL,
    batch          INTEGER NOT NULL REFERENCES batch (no),
    stage          INTEGER NOT NULL,
    worker         INTEGER REFERENCES worker (no),
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER NOT NULL,
    outcome        INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 6),
    error_category INTEGER NOT NULL DEFAULT 0,
    error_message  TEXT,
    error_id       TEXT,
    stack          TEXT,
    PRIMARY KEY (task, number),
    CHECK (ended_at >= started_at)
) WITHOUT ROWID;

CREATE TABLE event (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    batch       INTEGER NOT NULL REFERENCES batch (no),
    task        INTEGER REFERENCES task (id),
    kind        INTEGER NOT NULL,
    from_status INTEGER,
    to_status   INTEGER,
    stage       INTEGER,
    worker      INTEGER REFERENCES worker (no),
    reason      TEXT
);
CREATE INDEX event_task ON event (task) WHERE task IS NOT NULL;

-- What a stage emitted, for the stages after it.
CREATE TABLE result (
    task  INTEGER NOT NULL REFERENCES task (id),
    stage INTEGER NOT NULL,
    json  TEXT NOT NULL,
    PRIMARY KEY (task, stage)
) WITHOUT ROWID;

CREATE TABLE temp_file (
    task INTEGER NOT NULL REFERENCES task (id),
    path TEXT NOT NULL,
    PRIMARY KEY (task, path)
) WITHOUT ROWID;

CREATE TABLE quota (
    batch    INTEGER NOT NULL REFERENCES batch (no),
    -- Empty for tasks that named none.
    project  TEXT NOT NULL,
    consumed REAL NOT NULL,
    PRIMARY KEY (batch, project)
) WITHOUT ROWID;

CREATE TABLE checkpoint (
    -- 0 for the journal's own.
    batch      INTEGER NOT NULL,
    name       TEXT NOT NULL,
    json       TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (batch, name)
) WITHOUT ROWID;
