
-- Reports on their way from draft to issue. A row that was issued never changes: a correction is a row of its own.
CREATE TABLE reports (
    town_id     TEXT NOT NULL,
    id          TEXT NOT NULL,
    rev         BIGINT NOT NULL,          -- events so far
    period      TEXT NOT NULL,            -- 2026-W47
    state       TEXT NOT NULL,            -- draft | submitted | reviewed | returned | issued
    narrative   TEXT NOT NULL,            -- with {figure} in place of every number; '' = as shipped
    people      TEXT NOT NULL,            -- JSON: who wrote, sent up, reviewed, issued
    reason      TEXT NOT NULL,            -- why it was returned
    replaces    TEXT NOT NULL,            -- id of the issue that this one corrects, or ''
    issue_year  BIGINT NOT NULL,          -- 0 until issued
    issue_no    BIGINT NOT NULL,          -- within the year, 0 until issued
    set_id      TEXT NOT NULL,            -- the frozen figures, '' until issued
    body        TEXT NOT NULL,            -- JSON: what the report shows, without values; '' until issued
    docx        BYTEA,                    -- the paper as it was issued
    hash        TEXT NOT NULL,            -- SHA-256 over set, body and paper, hex; '' until issued
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (town_id, id)
);
CREATE INDEX reports_period ON reports (town_id, period, id);
CREATE INDEX reports_issue ON reports (town_id, issue_year, issue_no);

-- From which day on a town's reports count, as was settled; the newest row holds.
CREATE TABLE report_starts (
    town_id  TEXT NOT NULL,
    n        BIGINT NOT NULL,
    day      TEXT NOT NULL,               -- 2026-08-31
    actor_id TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (town_id, n)
);
