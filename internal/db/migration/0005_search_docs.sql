-- What can be searched: open text only.
CREATE TABLE search_docs (
    town_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    record_id TEXT NOT NULL,
    doc       BIGINT NOT NULL,            -- town's number, second, and a count within the second: newest is highest
    PRIMARY KEY (town_id, kind, record_id),
    UNIQUE (town_id, doc)
);
