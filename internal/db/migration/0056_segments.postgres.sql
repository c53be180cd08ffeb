-- The search index is made anew, in the same form on both engines: a log-structured merge of segments, in pages.
DROP TABLE search_bodies;
DROP TABLE search_docs;
DELETE FROM derived_marks WHERE name = 'case_search';

-- The text of each record that can be searched, after NFKC and lower-casing: open text only.
CREATE TABLE search_docs (
    town_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    record_id TEXT NOT NULL,
    doc       BIGINT NOT NULL,            -- second, and a count within the second: newest is highest
    body      TEXT NOT NULL,
    PRIMARY KEY (town_id, kind, record_id),
    UNIQUE (town_id, doc)
);

-- The numbers of texts that were replaced or taken out: not used again, and left out of what is merged.
CREATE TABLE search_gone (
    town_id TEXT NOT NULL,
    doc     BIGINT NOT NULL,
    PRIMARY KEY (town_id, doc)
);

-- The segments of each town's index, which package search describes.
CREATE TABLE search_segments (
    town_id     TEXT NOT NULL,
    segment     BIGINT NOT NULL,
    state       TEXT NOT NULL,            -- readable | growing | spent
    newest      BIGINT NOT NULL,          -- the highest doc that it may have
    bytes       BIGINT NOT NULL,          -- of its pages
    merged_into BIGINT NOT NULL,          -- the segment it is being merged into, 0 for none
    upto        BIGINT NOT NULL,          -- of a growing one: the last term that it has
    PRIMARY KEY (town_id, segment)
);

-- Their pages: which docs have each character and each pair of neighbours.
CREATE TABLE search_pages (
    town_id TEXT NOT NULL,
    segment BIGINT NOT NULL,
    term    BIGINT NOT NULL,              -- of the page's first entry
    behind  BIGINT NOT NULL,              -- where that entry goes on from an earlier page: its first doc, counted from newest
    data    BYTEA NOT NULL,
    PRIMARY KEY (town_id, segment, term, behind)
);
-- Two pages of the index are as long as one of the engine's: they are not compressed, and not put elsewhere.
ALTER TABLE search_pages ALTER COLUMN data SET STORAGE PLAIN;

-- What is written with every event costs every event: the number of a town's last one is that of its last row, and a key is
-- looked for by the key that wraps it only when that is exchanged, town by town.
DROP TABLE journal_heads;
DROP INDEX record_keys_kek;
