-- Copies that were made, and tries that failed: of this machine, so they are in no copy themselves.
CREATE TABLE backups (
    id       TEXT NOT NULL PRIMARY KEY,
    kind     TEXT NOT NULL,               -- nightly | manual | upgrade
    at       BIGINT NOT NULL,             -- the instant that the copy shows
    took_ms  BIGINT NOT NULL,
    path     TEXT NOT NULL,               -- of the archive on the machine that made it; '' when it failed
    bytes    BIGINT NOT NULL,
    files    BIGINT NOT NULL,             -- photos and other files in it
    verified BOOLEAN NOT NULL,            -- read back whole after writing
    sealed   BOOLEAN NOT NULL,            -- encrypted with age
    faults   BIGINT NOT NULL,             -- files that a record names and that are lost or damaged
    failure  TEXT NOT NULL                -- JSON: message keys of why it failed, '' when it did not
);
CREATE INDEX backups_at ON backups (at);
