-- Definitions that a town made itself. A row is never changed; a new wording is a new version.
CREATE TABLE figure_defs (
    town_id  TEXT NOT NULL,
    code     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    body     TEXT NOT NULL,               -- JSON of figures.Def
    actor_id TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (town_id, code, version)
);

-- What was frozen together, at one position of the journal. Rows are never changed.
CREATE TABLE frozen_sets (
    town_id  TEXT NOT NULL,
    id       TEXT NOT NULL,
    purpose  TEXT NOT NULL,               -- what for: weekly:2026-W48
    seq      BIGINT NOT NULL,             -- of the journal's last event that was seen
    as_of    BIGINT NOT NULL,             -- the moment the figures were reckoned for
    at       BIGINT NOT NULL,             -- when they were stored
    actor_id TEXT NOT NULL,
    hash     TEXT NOT NULL,               -- SHA-256 over the figures' hashes, hex
    PRIMARY KEY (town_id, id)
);
CREATE INDEX frozen_sets_purpose ON frozen_sets (town_id, purpose, id);

CREATE TABLE frozen_figures (
    town_id TEXT NOT NULL,
    set_id  TEXT NOT NULL,
    n       BIGINT NOT NULL,              -- place in the set, from 0
    code    TEXT NOT NULL,
    body    TEXT NOT NULL,                -- JSON: definition or formula, scope, period, position, value
    members TEXT NOT NULL,                -- JSON: [record id, amount] of each row, in order of id
    hash    TEXT NOT NULL,                -- SHA-256 over body and members, hex
    PRIMARY KEY (town_id, set_id, n)
);
