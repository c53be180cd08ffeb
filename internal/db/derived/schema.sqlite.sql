-- What can be rebuilt out of the journal, in a file of its own beside the database: its writing never waits for a durable
-- commit and never holds the database's one write lock. A file of another version is thrown away and made anew.

-- How far each deriver has come.
CREATE TABLE derived_marks (
    town_id TEXT NOT NULL,
    name    TEXT NOT NULL,                -- the deriver
    seq     BIGINT NOT NULL,              -- everything up to here is derived
    PRIMARY KEY (town_id, name)
);

-- What can be searched: open text only.
CREATE TABLE search_docs (
    town_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    record_id TEXT NOT NULL,
    doc       BIGINT NOT NULL,            -- town's number, second, and a count within the second: newest is highest
    hash      BYTEA NOT NULL,             -- of the normalised text: what did not change is not indexed again
    PRIMARY KEY (town_id, kind, record_id),
    UNIQUE (town_id, doc)
);

-- Full text without its content: only the tokens of package search. rowid is search_docs.doc, whose upper bits are the
-- town's number. one: each character once; two: each pair of neighbours, in place.
CREATE VIRTUAL TABLE search_fts USING fts5(one, two, content='', contentless_delete=1, tokenize='ascii');
-- Merged later and in larger pieces than usual: writing counts for more here than the last tenth of a millisecond of reading.
INSERT INTO search_fts (search_fts, rank) VALUES ('automerge', 12);
-- What a stretch of events brings is sorted at once: with the usual megabyte it would be written out every fifty texts.
INSERT INTO search_fts (search_fts, rank) VALUES ('hashsize', 8388608);
