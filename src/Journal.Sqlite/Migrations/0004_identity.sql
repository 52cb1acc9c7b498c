-- Which journal this is, and its backups with it: by it copies of one journal are told from those of another that has the same name.
CREATE TABLE identity (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id   TEXT NOT NULL
);
INSERT INTO identity VALUES (1, lower(hex(randomblob(16))));
