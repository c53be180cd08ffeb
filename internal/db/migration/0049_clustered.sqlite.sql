-- Narrow tables that are only ever reached by their key lie in its order: one tree to write instead of two.
CREATE TABLE request_keys_clustered (
    town_id  TEXT NOT NULL,
    key      TEXT NOT NULL,
    digest   BYTEA NOT NULL,
    event_id TEXT NOT NULL,
    answer   TEXT NOT NULL,               -- what the first request was answered: the record's id
    at       BIGINT NOT NULL,
    PRIMARY KEY (town_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO request_keys_clustered SELECT town_id, key, digest, event_id, answer, at FROM request_keys;
DROP TABLE request_keys;
ALTER TABLE request_keys_clustered RENAME TO request_keys;

CREATE TABLE case_deeds_clustered (
    town_id    TEXT NOT NULL,
    id         TEXT NOT NULL,             -- the event's
    case_id    TEXT NOT NULL,
    type       TEXT NOT NULL,
    at         BIGINT NOT NULL,
    unit_id    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    PRIMARY KEY (town_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO case_deeds_clustered SELECT town_id, id, case_id, type, at, unit_id, outcome FROM case_deeds;
DROP TABLE case_deeds;
ALTER TABLE case_deeds_clustered RENAME TO case_deeds;
CREATE INDEX case_deeds_type ON case_deeds (town_id, type, at, case_id);

CREATE TABLE case_spans_clustered (
    town_id    TEXT NOT NULL,
    case_id    TEXT NOT NULL,
    n          BIGINT NOT NULL,           -- the revision that opened the span
    since      BIGINT NOT NULL,
    until      BIGINT,
    state      TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    round      BIGINT NOT NULL,
    unit_id    TEXT NOT NULL,
    leader_id  TEXT NOT NULL,
    category   TEXT NOT NULL,
    village_id TEXT NOT NULL,
    grid_id    TEXT NOT NULL,
    due_at     BIGINT NOT NULL,
    answered_at BIGINT,
    took_ms    BIGINT,
    on_time    BOOLEAN,
    reached    BOOLEAN NOT NULL,
    solved     TEXT NOT NULL,
    satisfied  TEXT NOT NULL,
    confirmed  BOOLEAN NOT NULL,
    at_counter BOOLEAN NOT NULL,          -- rated or withdrawn at the counter, not by the resident's own hand
    returns    BIGINT NOT NULL,
    extensions BIGINT NOT NULL,
    PRIMARY KEY (town_id, case_id, n)
) STRICT, WITHOUT ROWID;
INSERT INTO case_spans_clustered SELECT town_id, case_id, n, since, until, state, outcome, round, unit_id, leader_id, category, village_id,
    grid_id, due_at, answered_at, took_ms, on_time, reached, solved, satisfied, confirmed, at_counter, returns, extensions FROM case_spans;
DROP TABLE case_spans;
ALTER TABLE case_spans_clustered RENAME TO case_spans;
CREATE INDEX case_spans_state ON case_spans (town_id, state, since, until, due_at);
