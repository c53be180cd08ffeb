-- Work to be done outside a request: written in the transaction that asks for it, run at least once after its commit.
-- The periodic work of the installation has no town: its town_id is empty.
CREATE TABLE jobs (
    town_id        TEXT NOT NULL,
    id             TEXT NOT NULL,         -- or every:name
    kind           TEXT NOT NULL,
    payload        TEXT NOT NULL,         -- JSON: ids and options, never personal data
    state          TEXT NOT NULL,         -- queued | running | done | failed | cancelled
    run_at         BIGINT,                -- when it is next due; while it runs, when its lease ends; null once finished
    lease          TEXT NOT NULL,         -- who runs it
    tries          BIGINT NOT NULL,
    cancel         BOOLEAN NOT NULL,      -- somebody asked to stop it
    failure        TEXT NOT NULL,         -- JSON: message keys of the last failure
    result         TEXT NOT NULL,         -- JSON: what it came to
    progress_done  BIGINT NOT NULL,
    progress_total BIGINT NOT NULL,       -- 0 while unknown
    created_at     BIGINT NOT NULL,
    finished_at    BIGINT,
    PRIMARY KEY (town_id, id)
);
CREATE INDEX jobs_due ON jobs (run_at);
