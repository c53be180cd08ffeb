-- The key of each record that holds personal fields or text in confidence, wrapped by a key that is never in the
-- database. Deleting a row erases what the key sealed.
CREATE TABLE record_keys (
    town_id   TEXT NOT NULL,
    record_id TEXT NOT NULL,
    kek_id    TEXT NOT NULL,              -- the key-encryption key that wraps it
    wrapped   BYTEA NOT NULL,
    at        BIGINT NOT NULL,            -- when it was last wrapped
    PRIMARY KEY (town_id, record_id)
);
CREATE INDEX record_keys_kek ON record_keys (kek_id, town_id, record_id);

-- Wrong lookup codes of a receipt number, known or not; forgotten after a day. Nothing says who tried.
CREATE TABLE code_tries (
    town_id TEXT NOT NULL,
    number  TEXT NOT NULL,
    fails   BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (town_id, number)
);
CREATE INDEX code_tries_last ON code_tries (town_id, last_at);
