-- The tenants of an installation, and the head of each one's journal.
CREATE TABLE towns (
    town_id   TEXT NOT NULL PRIMARY KEY,  -- division code: 6 digits for a county, 9 for a town
    number    BIGINT NOT NULL UNIQUE,     -- first three digits of its receipt numbers, 100 to 999
    parent_id TEXT NOT NULL,              -- the county's town_id; its own for a county
    level     TEXT NOT NULL,              -- county | town
    name      TEXT NOT NULL,
    demo      BOOLEAN NOT NULL,           -- fictional: every page and print says so
    opened_at BIGINT NOT NULL
);

CREATE TABLE journal_heads (
    town_id TEXT NOT NULL PRIMARY KEY,
    seq     BIGINT NOT NULL
);

CREATE TABLE events (
    town_id     TEXT NOT NULL,
    seq         BIGINT NOT NULL,          -- order of commit within the town, without gaps
    id          TEXT NOT NULL,
    record_kind TEXT NOT NULL,
    record_id   TEXT NOT NULL,
    n           BIGINT NOT NULL,          -- 1, 2, … within the record: its revision after the event
    type        TEXT NOT NULL,            -- past tense
    actor_id    TEXT NOT NULL,            -- people.id, or resident, system
    at          BIGINT NOT NULL,
    day         TEXT NOT NULL,            -- of at, in UTC+8
    batch_id    TEXT NOT NULL,
    payload     TEXT NOT NULL,            -- JSON; erasable
    secret      BYTEA,                    -- text of private and sealed records, under the record's key; erasable
    salt        BYTEA NOT NULL,
    leaf_idx    BIGINT,
    PRIMARY KEY (town_id, seq),
    UNIQUE (town_id, record_id, n)
);
CREATE INDEX events_actor ON events (town_id, actor_id, at);
CREATE INDEX events_batch ON events (town_id, batch_id, seq) WHERE batch_id <> '';

CREATE TABLE request_keys (
    town_id  TEXT NOT NULL,
    key      TEXT NOT NULL,
    digest   BYTEA NOT NULL,
    event_id TEXT NOT NULL,
    answer   TEXT NOT NULL,               -- what the first request was answered: the record's id
    at       BIGINT NOT NULL,
    PRIMARY KEY (town_id, key)
);

CREATE TABLE batches (
    town_id   TEXT NOT NULL,
    id        TEXT NOT NULL,
    kind      TEXT NOT NULL,              -- import | sync | undo
    source    TEXT NOT NULL,              -- file name as given
    digest    TEXT NOT NULL,              -- SHA-256 of the file, hex
    actor_id  TEXT NOT NULL,
    at        BIGINT NOT NULL,
    undone_at BIGINT,
    counts    TEXT NOT NULL,              -- JSON: read, accepted, rejected, duplicate
    PRIMARY KEY (town_id, id)
);

CREATE TABLE record_files (
    town_id   TEXT NOT NULL,
    id        TEXT NOT NULL,
    record_id TEXT NOT NULL,
    event_id  TEXT NOT NULL,
    digest    TEXT NOT NULL,              -- of the stored blob
    name      TEXT NOT NULL,
    media     TEXT NOT NULL,
    bytes     BIGINT NOT NULL,
    role      TEXT NOT NULL,              -- original | evidence | answer
    sealed    BOOLEAN NOT NULL,           -- stored under the record's key
    at        BIGINT NOT NULL,
    PRIMARY KEY (town_id, id)
);
CREATE INDEX record_files_digest ON record_files (digest);
CREATE INDEX record_files_record ON record_files (town_id, record_id, at);

CREATE TABLE readers (
    town_id   TEXT NOT NULL,
    record_id TEXT NOT NULL,
    person_id TEXT NOT NULL,              -- the only people who may open a record in confidence
    named_by  TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (town_id, record_id, person_id)
);
CREATE INDEX readers_person ON readers (town_id, person_id, record_id);

CREATE TABLE marks (
    town_id TEXT NOT NULL,
    name    TEXT NOT NULL,                -- the deriver
    seq     BIGINT NOT NULL,              -- everything up to here is derived
    PRIMARY KEY (town_id, name)
);
