-- A town's organisation. What ends is kept with until; the journal (record_kind org) has every earlier state.
CREATE TABLE org_heads (
    town_id TEXT NOT NULL PRIMARY KEY,
    stamp   TEXT NOT NULL                 -- random, another after every change: what was read under it may be kept
);

CREATE TABLE units (
    town_id    TEXT NOT NULL,
    id         TEXT NOT NULL,
    rev        BIGINT NOT NULL,
    kind       TEXT NOT NULL,             -- department | office_team | leadership | village_committee | branch | firm | county_office
    name       TEXT NOT NULL,
    parent_id  TEXT NOT NULL,             -- '' for none
    village_id TEXT NOT NULL,             -- of a committee, branch or firm; '' for none
    grid_id    TEXT NOT NULL,             -- of a firm; '' for none
    phone      TEXT NOT NULL,             -- of the office
    ord        BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    until      BIGINT,
    PRIMARY KEY (town_id, id)
);

CREATE TABLE villages (
    town_id TEXT NOT NULL,
    id      TEXT NOT NULL,                -- statistical code of 12 digits
    rev     BIGINT NOT NULL,
    name    TEXT NOT NULL,
    unit_id TEXT NOT NULL,                -- its committee
    ord     BIGINT NOT NULL,
    since   BIGINT NOT NULL,
    until   BIGINT,
    PRIMARY KEY (town_id, id)
);

CREATE TABLE grids (
    town_id    TEXT NOT NULL,
    id         TEXT NOT NULL,             -- short and public: the town's number and five characters
    rev        BIGINT NOT NULL,
    number     BIGINT NOT NULL,           -- within the town
    village_id TEXT NOT NULL,             -- '' for the town's own grid
    level      TEXT NOT NULL,             -- town | village | grid
    name       TEXT NOT NULL,
    leader_id  TEXT NOT NULL,             -- people.id; '' while vacant
    worker_id  TEXT NOT NULL,
    boundary   TEXT NOT NULL,             -- GeoJSON in WGS84; '' while not drawn
    label      TEXT NOT NULL,             -- longitude,latitude of a point well inside, in 1e-7 degree; empty while not drawn
    since      BIGINT NOT NULL,
    until      BIGINT,
    PRIMARY KEY (town_id, id),
    UNIQUE (town_id, number)
);

CREATE TABLE people (
    town_id TEXT NOT NULL,
    id      TEXT NOT NULL,
    rev     BIGINT NOT NULL,
    name    TEXT NOT NULL,
    title   TEXT NOT NULL,
    phone   TEXT NOT NULL,                -- of the office; private mobiles are not stored
    PRIMARY KEY (town_id, id)
);

CREATE TABLE posts (
    town_id   TEXT NOT NULL,
    id        TEXT NOT NULL,
    person_id TEXT NOT NULL,
    unit_id   TEXT NOT NULL,
    role      TEXT NOT NULL,
    title     TEXT NOT NULL,
    ord       BIGINT NOT NULL,            -- the customary order in which leaders are named
    villages  TEXT NOT NULL,              -- JSON list of village ids the post answers for
    since     BIGINT NOT NULL,
    until     BIGINT,
    PRIMARY KEY (town_id, id)
);
CREATE INDEX posts_now ON posts (town_id, person_id) WHERE until IS NULL;
CREATE INDEX posts_unit ON posts (town_id, unit_id, since);
CREATE INDEX posts_person ON posts (town_id, person_id, since);
CREATE INDEX posts_role ON posts (town_id, role) WHERE until IS NULL;

CREATE TABLE contact_points (
    town_id    TEXT NOT NULL,
    id         TEXT NOT NULL,
    person_id  TEXT NOT NULL,             -- the leader who adopted the village
    village_id TEXT NOT NULL,
    since      BIGINT NOT NULL,
    until      BIGINT,
    PRIMARY KEY (town_id, id)
);
CREATE UNIQUE INDEX contact_points_now ON contact_points (town_id, village_id, person_id) WHERE until IS NULL;

CREATE TABLE settings (
    town_id  TEXT NOT NULL,
    key      TEXT NOT NULL,
    n        BIGINT NOT NULL,             -- 1, 2, …: the last one holds
    value    TEXT NOT NULL,               -- JSON
    actor_id TEXT NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (town_id, key, n)
);

CREATE TABLE categories (
    town_id TEXT NOT NULL,
    code    TEXT NOT NULL,
    rev     BIGINT NOT NULL,
    parent  TEXT NOT NULL,                -- '' for the first level
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,                -- '' when the town named it in Chinese only
    chip    BOOLEAN NOT NULL,             -- offered on the resident's first page
    confide BOOLEAN NOT NULL,             -- choosing it suggests confidence
    unit_id TEXT NOT NULL,                -- who usually handles it; '' for none
    ord     BIGINT NOT NULL,
    until   BIGINT,
    PRIMARY KEY (town_id, code)
);

CREATE TABLE holidays (
    town_id TEXT NOT NULL,
    day     TEXT NOT NULL,
    rev     BIGINT NOT NULL,
    kind    TEXT NOT NULL,                -- holiday | workday_shifted | in_lieu
    name    TEXT NOT NULL,
    PRIMARY KEY (town_id, day)
);

CREATE TABLE deadline_rules (
    town_id       TEXT NOT NULL,
    kind          TEXT NOT NULL,          -- of case
    clock         TEXT NOT NULL,          -- notice | handle | return | info | callback | reopen | sign
    version       BIGINT NOT NULL,
    valid_from    BIGINT NOT NULL,
    n             BIGINT NOT NULL,
    unit          TEXT NOT NULL,          -- calendar_day | working_day | working_hour
    roll_forward  BOOLEAN NOT NULL,       -- to the next working day
    start_event   TEXT NOT NULL,
    pauses        BOOLEAN NOT NULL,       -- stands still while the resident is asked for something
    pause_n       BIGINT NOT NULL,        -- at most so long, all pauses together
    pause_unit    TEXT NOT NULL,
    extension_n   BIGINT NOT NULL,        -- 0 for none
    extension_unit TEXT NOT NULL,
    extension_max BIGINT NOT NULL,        -- how often
    legal         BOOLEAN NOT NULL,       -- law says what a law demands, else who agreed on it
    law_zh        TEXT NOT NULL,
    law_en        TEXT NOT NULL,
    PRIMARY KEY (town_id, kind, clock, version)
);
