-- What can be rebuilt out of the journal, in a file of its own beside the database: its writing never waits for a durable
-- commit and never holds the database's one write lock. A file of another version is thrown away and made anew.

-- How far each deriver has come.
CREATE TABLE derived_marks (
    town_id TEXT NOT NULL,
    name    TEXT NOT NULL,                -- the deriver
    seq     BIGINT NOT NULL,              -- everything up to here is derived
    PRIMARY KEY (town_id, name)
);

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
