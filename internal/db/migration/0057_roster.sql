-- What long lists of records are kept in: ids in blocks, where the blocks of a group lie, places of a list among them.
-- A row is never changed or taken away; it may lie there before anything names it.
CREATE TABLE roster_parts (
    town_id TEXT NOT NULL,
    digest  TEXT NOT NULL,                -- SHA-256 of what is in the part before it is compressed, hex
    body    BYTEA NOT NULL,               -- 0 and the part as it is, or 1 and a frame of zstd
    PRIMARY KEY (town_id, digest)
);

-- Where the members of a frozen figure lie; '' where they stand in members as JSON, as they all did before.
ALTER TABLE frozen_figures ADD COLUMN ids TEXT NOT NULL DEFAULT '';    -- the part with the index of its group
ALTER TABLE frozen_figures ADD COLUMN places TEXT NOT NULL DEFAULT ''; -- the part with its places in the group
