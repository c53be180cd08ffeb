-- What can be rebuilt has marks of its own, and its writers a lock of their own. The index is built anew, with the hash of
-- the normalised text, so that what did not change is not indexed again.
CREATE TABLE derived_marks (
    town_id TEXT NOT NULL,
    name    TEXT NOT NULL,                -- the deriver
    seq     BIGINT NOT NULL,              -- everything up to here is derived
    PRIMARY KEY (town_id, name)
);
DELETE FROM search_bodies;
DELETE FROM search_docs;
ALTER TABLE search_docs ADD COLUMN hash BYTEA NOT NULL;
DELETE FROM marks WHERE name = 'case_search';
