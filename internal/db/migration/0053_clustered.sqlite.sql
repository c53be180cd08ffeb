-- Further narrow tables that are reached by their key.
CREATE TABLE record_keys_clustered (
    town_id   TEXT NOT NULL,
    record_id TEXT NOT NULL,
    kek_id    TEXT NOT NULL,              -- the key-encryption key that wraps it
    wrapped   BYTEA NOT NULL,
    at        BIGINT NOT NULL,            -- when it was last wrapped
    PRIMARY KEY (town_id, record_id)
) STRICT, WITHOUT ROWID;
INSERT INTO record_keys_clustered SELECT town_id, record_id, kek_id, wrapped, at FROM record_keys;
DROP TABLE record_keys;
ALTER TABLE record_keys_clustered RENAME TO record_keys;
CREATE INDEX record_keys_kek ON record_keys (kek_id, town_id, record_id);

CREATE TABLE case_people_clustered (
    town_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    box     BYTEA NOT NULL,               -- name, telephone, address, under the record's key
    PRIMARY KEY (town_id, case_id)
) STRICT, WITHOUT ROWID;
INSERT INTO case_people_clustered SELECT town_id, case_id, box FROM case_people;
DROP TABLE case_people;
ALTER TABLE case_people_clustered RENAME TO case_people;
