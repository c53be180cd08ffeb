-- Cases. Only casework's store names the table; everybody else reads open_cases and confided_cases.
CREATE TABLE cases (
    town_id       TEXT NOT NULL,
    id            TEXT NOT NULL,
    number        TEXT NOT NULL,          -- of the receipt, 12 digits
    rev           BIGINT NOT NULL,        -- events so far
    kind          TEXT NOT NULL,
    channel       TEXT NOT NULL,
    category      TEXT NOT NULL,
    state         TEXT NOT NULL,
    outcome       TEXT NOT NULL,          -- '' until an answer sets it
    round         BIGINT NOT NULL,
    live          BOOLEAN NOT NULL,       -- somebody still has to do something
    visibility    TEXT NOT NULL,          -- who reads the text: public | summary | private | sealed
    anonymity     TEXT NOT NULL,          -- who reads the name: open | protected | sealed_identity | anonymous
    veiled        BOOLEAN NOT NULL,       -- in confidence: named readers only
    title         TEXT NOT NULL,          -- '' where the words are under the record's key
    text          TEXT NOT NULL,
    words         BYTEA,                  -- the words under the record's key
    village_id    TEXT NOT NULL,          -- village, grid, firm and unit of that day; '' = not sure
    grid_id       TEXT NOT NULL,
    firm_id       TEXT NOT NULL,
    unit_id       TEXT NOT NULL,          -- lead unit
    handler_id    TEXT NOT NULL,
    leader_id     TEXT NOT NULL,          -- responsible leader
    registered_at BIGINT NOT NULL,
    accepted_at   BIGINT,
    dispatched_at BIGINT,
    answered_at   BIGINT,                 -- the latest answer
    closed_at     BIGINT,
    notice_due    BIGINT,
    due_at        BIGINT NOT NULL,        -- 9007199254740991 where no clock runs
    sign_due      BIGINT,
    provisional   BOOLEAN NOT NULL,       -- due_at lies past the last known year of holidays
    took_ms       BIGINT,                 -- registration to the latest answer
    on_time       BOOLEAN,                -- the latest answer was; NULL before it, and for back-filled history
    reached       BOOLEAN NOT NULL,
    solved        TEXT NOT NULL,          -- '' | yes | partly | no: as the resident says
    satisfied     TEXT NOT NULL,          -- '' | satisfied | neutral | dissatisfied
    confirmed     BOOLEAN NOT NULL,       -- outcome resolved and the resident says solved
    pending       TEXT NOT NULL,          -- '' | return | extension: waits for somebody's decision
    returns       BIGINT NOT NULL,        -- granted returns
    extensions    BIGINT NOT NULL,
    urged         BIGINT NOT NULL,
    supervised    BIGINT NOT NULL,        -- highest level, 0 to 3
    immediate     BOOLEAN NOT NULL,
    backfilled    BOOLEAN NOT NULL,       -- 补录: history from a ledger, never timely
    consent       BOOLEAN NOT NULL,       -- the resident agreed to publication of a redacted title
    linked_to     TEXT NOT NULL,          -- case it was joined to, or ''
    generation    BIGINT NOT NULL,        -- of the lookup code
    secret_tag    BYTEA,                  -- of the one secret of sealed and anonymous cases
    rest          TEXT NOT NULL,          -- JSON of what no query asks for
    PRIMARY KEY (town_id, id),
    UNIQUE (town_id, number)
);
CREATE UNIQUE INDEX cases_secret ON cases (town_id, secret_tag) WHERE secret_tag IS NOT NULL;
CREATE INDEX cases_due ON cases (town_id, due_at, id) WHERE live AND NOT veiled;
CREATE INDEX cases_unit_due ON cases (town_id, unit_id, due_at, id) WHERE live AND NOT veiled;
CREATE INDEX cases_village_due ON cases (town_id, village_id, due_at, id) WHERE live AND NOT veiled;
CREATE INDEX cases_state ON cases (town_id, state, due_at, id);
CREATE INDEX cases_registered ON cases (town_id, registered_at, id);
CREATE INDEX cases_village ON cases (town_id, village_id, registered_at);
CREATE INDEX cases_leader ON cases (town_id, leader_id, due_at);
CREATE INDEX cases_linked ON cases (town_id, linked_to) WHERE linked_to <> '';
CREATE INDEX cases_sign ON cases (town_id, sign_due) WHERE sign_due IS NOT NULL;

-- What figures need of a case, as it stood from since until until: a cohort is read as it stood at its period's end.
CREATE TABLE case_spans (
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
);
CREATE INDEX case_spans_open ON case_spans (town_id, case_id) WHERE until IS NULL;
CREATE INDEX case_spans_state ON case_spans (town_id, state, since, until, due_at);

-- One row for each thing done, so that what was done in a period is a flow over rows.
CREATE TABLE case_deeds (
    town_id    TEXT NOT NULL,
    id         TEXT NOT NULL,             -- the event's
    case_id    TEXT NOT NULL,
    type       TEXT NOT NULL,
    at         BIGINT NOT NULL,
    unit_id    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    PRIMARY KEY (town_id, id)
);
CREATE INDEX case_deeds_type ON case_deeds (town_id, type, at, case_id);

CREATE TABLE case_units (
    town_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,                -- assisting unit
    PRIMARY KEY (town_id, case_id, unit_id)
);

CREATE TABLE case_subjects (
    town_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,                -- the unit the case is about: its people never read a case in confidence
    PRIMARY KEY (town_id, case_id, unit_id)
);

CREATE TABLE case_people (
    town_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    box     BYTEA NOT NULL,               -- name, telephone, address, under the record's key
    PRIMARY KEY (town_id, case_id)
);

CREATE TABLE case_externals (
    town_id TEXT NOT NULL,
    system  TEXT NOT NULL,                -- hotline | petition | other
    number  TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (town_id, system, number)
);
CREATE INDEX case_externals_case ON case_externals (town_id, case_id);

CREATE TABLE case_sources (
    town_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    digest  TEXT NOT NULL,                -- of the imported row's cells
    sheet   TEXT NOT NULL,
    row_no  BIGINT NOT NULL,
    PRIMARY KEY (town_id, case_id)
);
CREATE INDEX case_sources_digest ON case_sources (town_id, digest);

CREATE TABLE case_followers (
    town_id  TEXT NOT NULL,
    case_id  TEXT NOT NULL,
    follower TEXT NOT NULL,               -- number of the receipt whose holder follows along
    at       BIGINT NOT NULL,
    PRIMARY KEY (town_id, case_id, follower)
);

CREATE TABLE paper_numbers (
    town_id TEXT NOT NULL,
    number  TEXT NOT NULL,
    run     TEXT NOT NULL,                -- the printed run of slips
    at      BIGINT NOT NULL,
    used_by TEXT NOT NULL,                -- case id, or ''
    void    TEXT NOT NULL,                -- the reason a slip was spoilt, or ''
    PRIMARY KEY (town_id, number)
);
CREATE INDEX paper_numbers_run ON paper_numbers (town_id, run, number);

-- The veil. Nothing above this line may be read by lists, search, figures, sync or exports.
CREATE VIEW open_cases AS
    SELECT cases.* FROM cases WHERE NOT cases.veiled AND cases.state <> 'void';

CREATE VIEW confided_cases AS
    SELECT cases.*, readers.person_id AS reader_id FROM cases
    JOIN readers ON readers.town_id = cases.town_id AND readers.record_id = cases.id
    WHERE cases.veiled AND cases.state <> 'void';
CREATE VIEW veiled_cases AS
    SELECT cases.* FROM cases WHERE cases.veiled AND cases.state <> 'void';
